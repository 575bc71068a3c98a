import { expect, test } from "vitest";
import { columns } from "./table.ts";
import { openTerminal } from "./terminal.ts";

const sequence = "\u001b[";
function stream(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 80, written, text: () => written.join(""), write: (text: string) => written.push(text) };
}

test.each([
  ["auto", true, true],
  ["auto", false, false],
  ["never", true, false],
  ["always", false, true],
] as const)(
  "with colours %s on a stream that is a terminal (%s), text is coloured: %s",
  (colour, isTTY, isColoured) => {
    const { paint, paintTalk } = openTerminal(stream(isTTY), stream(isTTY), colour);
    for (const each of [paint, paintTalk]) expect(each("red", "x").includes(sequence)).toBe(isColoured);
  },
);

test("data on a pipe stays plain while talk on a terminal is coloured", () => {
  const { paint, paintTalk } = openTerminal(stream(false), stream(true), "auto");
  expect([paint("red", "x"), paintTalk("red", "x").includes(sequence)]).toEqual(["x", true]);
});

test("what takes long is shown on standard error alone: turning on a terminal and gone afterwards, as one line elsewhere", async () => {
  for (const isTTY of [true, false]) {
    const [output, talk] = [stream(false), stream(isTTY)];
    const terminal = openTerminal(output, talk, "never");
    const shown = () => talk.text().includes("Asking the bank");
    await terminal.during("Asking the bank", async () => {
      while (!shown()) await new Promise((resolve) => setTimeout(resolve, 20));
    });
    expect(output.text()).toBe("");
    expect(talk.text().includes("\r")).toBe(isTTY);
    expect(talk.text().endsWith(isTTY ? `\r${sequence}2K` : " …\n")).toBe(true);
  }
});

test("what is over soon leaves no trace", async () => {
  const talk = stream(true);
  await openTerminal(stream(true), talk, "auto").during("Nothing", async () => undefined);
  expect(talk.text()).toBe("");
});

test("columns line up, colours count for nothing, and the last one is cut to the line", () => {
  const red = `${sequence}31mred${sequence}39m`;
  const lines = columns(
    [
      ["a", red, "x".repeat(50)],
      ["longer", "b", "y"],
    ],
    30,
  ).split("\n");
  expect(lines[0]?.indexOf(red)).toBe(lines[1]?.indexOf("b"));
  expect(lines[0]?.endsWith("…")).toBe(true);
  expect(lines[1]).toBe("longer  b    y");
});
