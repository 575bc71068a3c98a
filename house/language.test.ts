import { describe, expect, test } from "vitest";
import { languageFaults, mostFunctionLines } from "./language.ts";
import { readRepository } from "./source-files.ts";

const source = "packages/server/src/payments/planted.ts";
const judged = (path: string, text: string) => languageFaults([{ path, text }]);

describe("the language of the house", () => {
  test("every file keeps to it", () => {
    const files = readRepository();
    expect(files.length).toBeGreaterThan(200);
    expect(languageFaults(files)).toEqual([]);
  });
});

describe("the check itself", () => {
  test.each([
    ["any", "export const planted: any = 1;"],
    ["any behind a cast", "export const planted = 1 as any;"],
    ["a default export", "export default 1;"],
    ["a renamed default export", "const planted = 1; export { planted as default };"],
    ["a silenced type check", "// @ts-ignore\nexport const planted = 1;"],
    ["a reading of the environment", "export const planted = () => process.env.HOME;"],
    ["a reading of the environment by name", 'export const planted = () => process.env["HOME"];'],
    ["the environment handed to anybody", "export const planted = () => Object.keys(process.env);"],
    ["an import of the environment", 'import { env } from "node:process"; export const planted = () => env;'],
    ["something done at import", "console.log(1);"],
    ["something awaited at import", "await Promise.resolve();"],
    ["a function too long", `export function planted() {\n${"  void 0;\n".repeat(mostFunctionLines)}}`],
    ["a faked request", 'export const planted = (app: App) => app.inject("/");'],
  ])("refuses %s in a source", (_what, text) => {
    expect(judged(source, text)).toHaveLength(1);
  });

  const call = '("planted", () => undefined);';
  test.each([
    `${"test"}.only${call}`,
    `${"test"}.skip${call}`,
    `${"test"}.skipIf(true)${call}`,
    `${"test"}.todo("planted");`,
    `${"describe"}.only${call}`,
    `${"it"}.each([1]).only${call}`.replace(".each([1])", ".concurrent"),
    `${"xit"}${call}`,
  ])("refuses a test that would not run, or keeps others from running: %s", (text) => {
    expect(judged("acceptance/planted.test.ts", text)).toHaveLength(1);
  });

  test("lets a program hand its environment to the one reader", () => {
    expect(judged("packages/server/src/main.ts", "const config = readConfig(process.env);")).toEqual([]);
  });

  test("lets a test read what a person set for it", () => {
    expect(judged("packages/fpx/src/planted.test.ts", 'const seed = process.env["PROPERTY_SEED"];')).toEqual([]);
  });
});
