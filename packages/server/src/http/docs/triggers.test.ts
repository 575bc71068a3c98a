import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type ErrorCode, errorCodes, errorEntry } from "@kineticpay/contract/errors/catalogue";
import type { ErrorBody } from "@kineticpay/contract/errors/error-body";
import { afterAll, beforeAll, expect, it } from "vitest";
import { scopes } from "../../merchants/api-keys.ts";
import { createMerchant } from "../../merchants/create-merchant.ts";
import { openTestGateway, type TestGateway } from "../../testing/test-gateway.ts";
import { readErrorPage } from "./error-pages.ts";

const run = promisify(execFile);
const blockOf = (text: string, language: string) =>
  new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "m").exec(text)?.[1] ?? "";

/** These use up what an address or a key may do for a moment; the others must not feel it. */
const spending: readonly ErrorCode[] = ["rate_exceeded", "concurrency_exceeded"];

let test: TestGateway;
let apiKey: string;
beforeAll(async () => {
  test = await openTestGateway();
  const owner = { name: "Kedai Contoh", collectionName: "Main", website: "https://shop.example", scopes };
  apiKey = (await createMerchant(test.gateway, owner)).apiKey.key;
});
afterAll(() => test.close());

/** Runs a page's recipe as its reader would, and reads the answer that it ends with. */
async function trigger(code: ErrorCode): Promise<ErrorBody> {
  const { sections } = await readErrorPage(code);
  const recipe = blockOf(sections.find((each) => each.title === "Trigger it in the sandbox")?.text ?? "", "sh");
  const env = { PATH: process.env["PATH"] ?? "", BASE_URL: test.url, API_KEY: apiKey };
  const { stdout } = await run("sh", ["-eu", "-c", recipe], { env, timeout: 25_000 });
  return JSON.parse(stdout) as ErrorBody;
}

async function shownAnswer(code: ErrorCode): Promise<ErrorBody> {
  return JSON.parse(blockOf((await readErrorPage(code)).markdown, "json")) as ErrorBody;
}

const inOrder = [...errorCodes.filter((code) => !spending.includes(code)), ...spending];

it.each(inOrder)("answers %s to the recipe of its page, in the form that the page shows", async (code) => {
  const [real, shown] = await Promise.all([trigger(code), shownAnswer(code)]);
  expect(real.code).toBe(code);
  expect(real).toMatchObject({ status: shown.status, type: shown.type, retryable: shown.retryable });
  expect(Object.keys(real)).toEqual(Object.keys(shown));
  expect(Object.keys(real.meta)).toEqual(Object.keys(shown.meta));
  expect(real.doc_url).toBe(`${test.url}/docs/errors/${code}`);
  expect(real.retryable).toBe(errorEntry(code).retryable);
});
