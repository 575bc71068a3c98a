import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { trials } from "./certify/certify.ts";
import { commands } from "./commands/index.ts";
import { exitCodes } from "./exit-codes.ts";

const guide = () => readFile(new URL("../../../docs/guides/command-line.md", import.meta.url), "utf8");
/** The first cells of a section's table, as far as they are set as code. */
const firstCells = (text: string, heading: string) => {
  const section = text.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| "));
  return rows.slice(1).flatMap((row) => {
    const cell = row.split("|")[1] ?? "";
    return [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? "").concat(cell.includes("`") ? [] : cell.trim());
  });
};

test("the guide lists every command, every exit code and every trial, and no other", async () => {
  const text = await guide();
  expect(firstCells(text, "The commands").sort()).toEqual(commands.map(({ name }) => name).sort());
  expect(firstCells(text, "Exit codes").sort()).toEqual(Object.values(exitCodes).map(String).sort());
  expect(firstCells(text, "Certifying a shop").sort()).toEqual([...trials.map(({ name }) => name), "prompt"].sort());
});
