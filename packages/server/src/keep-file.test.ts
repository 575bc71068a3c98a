import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { keepFile } from "./keep-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kp-keep-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = () => path.join(folder, "inner", "master.key");

it("makes a file that only its user may read, and leaves nothing beside it", async () => {
  expect(await keepFile(file(), "one", "new")).toBe(true);
  expect(await readFile(file(), "utf8")).toBe("one");
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  expect(await readdir(path.dirname(file()))).toEqual(["master.key"]);
});

it("has one key win when many processes make it at once", async () => {
  const made = await Promise.all(Array.from({ length: 20 }, (_, index) => keepFile(file(), `key ${index}`, "new")));
  expect(made.filter(Boolean)).toHaveLength(1);
  expect(await readFile(file(), "utf8")).toBe(`key ${made.indexOf(true)}`);
});

it("never shows half of a file to somebody who reads while it is replaced", async () => {
  const texts = ["a".repeat(100_000), "b".repeat(100_000)];
  await keepFile(file(), texts[0] ?? "", "new");
  let isOver = false;
  const reading = (async () => {
    for (let count = 0; ; count += 1) {
      if (!texts.includes(await readFile(file(), "utf8"))) return "half";
      if (isOver && count > 0) return "whole";
    }
  })();
  for (let round = 0; round < 20; round += 1) await keepFile(file(), texts[round % 2] ?? "", "replace");
  isOver = true;
  expect(await reading).toBe("whole");
});

it("passes on what the file system says", async () => {
  await writeFile(path.join(folder, "inner"), "not a folder");
  await expect(keepFile(file(), "one", "new")).rejects.toThrow(/EEXIST|ENOTDIR/);
});
