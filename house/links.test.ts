import { describe, expect, test } from "vitest";
import { deadLinks, orphanPages } from "./links.ts";
import { readRepository } from "./source-files.ts";

const files = readRepository();

describe("the pages", () => {
  test("link only to what is there", () => {
    expect(deadLinks(files)).toEqual([]);
  });

  test("of docs/ can all be reached from the README", () => {
    expect(orphanPages(files, "README.md")).toEqual([]);
  });
});

describe("the check itself", () => {
  const here = { path: "docs/here.md", text: "# Here\n\n## Two words\n" };

  test.each(["there.md", "#three-words", "../README.md", "here.md#gone"])("sees that %s leads nowhere", (link) => {
    expect(deadLinks([here, { path: "docs/a.md", text: `[x](${link})` }])).toHaveLength(1);
  });

  test.each(["here.md", "here.md#two-words", "../docs", "https://example.com/x"])("follows %s", (link) => {
    expect(deadLinks([here, { path: "docs/a.md", text: `[x](${link})` }])).toEqual([]);
  });

  test("sees a page that nothing leads to", () => {
    expect(orphanPages([here, { path: "README.md", text: "no link" }], "README.md")).toEqual(["docs/here.md"]);
    expect(orphanPages([here, { path: "README.md", text: "[x](docs/here.md)" }], "README.md")).toEqual([]);
    expect(orphanPages([here, { path: "README.md", text: "[x](docs/)" }], "README.md")).toEqual([]);
  });
});
