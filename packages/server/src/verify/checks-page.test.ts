import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { checksPage } from "./checks-page.ts";

it("docs/checks.md tells every check as it is made (npm run docs writes it anew)", async () => {
  await expect(checksPage()).toMatchFileSnapshot("../../../../docs/checks.md");
});

it("the guide's example of a sealed text has the hash that it names", async () => {
  const guide = await readFile(new URL("../../../../docs/guides/books.md", import.meta.url), "utf8");
  const text = /^```text\n([\s\S]*?)^```$/m.exec(guide)?.[1] ?? "";
  const named = /this text has the hash `([0-9a-f]{64})`/.exec(guide)?.[1];
  expect(text).toContain("exchange:fpx");
  expect(createHash("sha256").update(text).digest("hex")).toBe(named);
});
