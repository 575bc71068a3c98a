import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { errorCodes, errorEntry, errorStatus } from "@kineticpay/contract/errors/catalogue";
import { type ErrorBody, errorBody } from "@kineticpay/contract/errors/error-body";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { describe, expect, it } from "vitest";
import { errorIndex } from "./error-index.ts";
import { pagesFolder, readErrorPage } from "./error-pages.ts";

const sectionsOf = [
  "What it means",
  "Causes, most frequent first",
  "A request and its answer",
  "Trigger it in the sandbox",
  "Whether to retry",
  "Related codes",
];

const blocksOf = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map((match) => match[1] ?? "");

it("has a page for every code, and none for anything else", () => {
  const pages = readdirSync(pagesFolder).filter((name) => name !== "README.md");
  expect(pages.sort()).toEqual(errorCodes.map((code) => `${code}.md`).sort());
});

it("lists every code in the index (npm run docs writes it anew)", async () => {
  await expect(errorIndex()).toMatchFileSnapshot("../../../../../docs/errors/README.md");
});

describe.each(errorCodes)("the page of %s", (code) => {
  const section = async (title: string) => {
    const found = (await readErrorPage(code)).sections.find((each) => each.title === title);
    if (found === undefined) throw new Error(`no section "${title}"`);
    return found.text;
  };

  it("says of itself what the catalogue says", async () => {
    const { facts, markdown } = await readErrorPage(code);
    const { type } = errorEntry(code);
    expect(facts).toEqual({
      code,
      type,
      status: String(errorStatus(code)),
      since: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    });
    expect(markdown).toMatch(new RegExp(`^# ${code}\n`));
  });

  it("tells what a reader needs, in the order in which it is needed", async () => {
    const { sections } = await readErrorPage(code);
    expect(sections.map((each) => each.title)).toEqual(sectionsOf);
    for (const each of sections) expect(each.text.length, each.title).toBeGreaterThan(40);
  });

  it("ranks at least three causes, each with what to do about it", async () => {
    const causes = (await section("Causes, most frequent first"))
      .split(/^(?=\d+\. )/m)
      .filter((each) => /^\d/.test(each));
    expect(causes.length).toBeGreaterThanOrEqual(3);
    for (const [index, cause] of causes.entries()) {
      expect(cause).toMatch(new RegExp(`^${index + 1}\\. \\*\\*[\\s\\S]+\\*\\*`));
      expect(cause.replace(/\*\*[\s\S]+?\*\*/, "").trim().length, cause).toBeGreaterThan(50);
    }
  });

  it("shows a request, and an answer that is exactly what the catalogue makes of its values", async () => {
    const text = await section("A request and its answer");
    expect(blocksOf(text, "http")[0]).toMatch(/^(GET|POST|PUT|PATCH|DELETE) \/\S+ HTTP\/1\.1\nHost: /);
    const shown = JSON.parse(blocksOf(text, "json")[0] ?? "") as ErrorBody;
    const meta = shown.meta as never;
    const fields = shown.fields ?? [];
    const made = errorBody(
      new GatewayError(code, { meta, fields }),
      shown.request_id,
      "http://127.0.0.1:8080/docs/errors",
    );
    expect(shown).toEqual(made);
    expect(shown.request_id).toMatch(/^req_[0-9A-HJKMNP-TV-Z]{26}$/);
  });

  it("leads to other codes, and says first whether to repeat the call", async () => {
    expect(await section("Related codes")).toMatch(/^- \[[a-z_]+\]\([a-z_]+\.md\)/);
    expect(await section("Whether to retry")).toMatch(errorEntry(code).retryable ? /^Yes/ : /^No/);
  });

  it("blames nobody", async () => {
    const text = await readFile(new URL(`${code}.md`, pagesFolder), "utf8");
    expect(text).not.toMatch(/\b(simply|obviously|just make sure|your fault|you failed|please)\b/i);
  });
});
