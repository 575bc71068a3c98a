import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestGateway, type TestGateway } from "./testing/open-test-client.ts";
import { sdkMethods } from "./testing/sdk-methods.ts";
import { openStranger, type Stranger } from "./testing/stranger.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

/** What is run, and what it must print; an ellipsis stands for anything on its line. */
const samples = [...readme.matchAll(/^```js\n([\s\S]*?)^```\n+(?:```text\n([\s\S]*?)^```)?/gm)].map(
  ([, code = "", printed]) => ({ code, printed }),
);

function patternOf(printed: string): RegExp {
  const parts = printed
    .trimEnd()
    .split("…")
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}

let stranger: Stranger;
let gateway: TestGateway;
beforeAll(async () => {
  [stranger, gateway] = await Promise.all([openStranger(), openTestGateway()]);
});
afterAll(async () => {
  await stranger.close();
  await gateway.close();
});

test("every sample of the README runs as it stands, one after the other, and prints what it says", async () => {
  expect(samples.length).toBeGreaterThan(5);
  const environment = {
    KINETICPAY_API_KEY: gateway.app.merchant.apiKey.key,
    KINETICPAY_MERCHANT_KEY: gateway.app.merchant.merchantKey.key,
    KINETICPAY_BASE_URL: gateway.baseURL,
  };
  for (const [index, { code, printed }] of samples.entries()) {
    expect(printed, `what sample ${index + 1} prints`).toBeDefined();
    await stranger.write(`sample-${index}.mjs`, code);
    const told = await stranger.node([`sample-${index}.mjs`], environment);
    expect(told.trimEnd(), `sample ${index + 1}`).toMatch(patternOf(printed ?? ""));
  }
});

test("the README names every method there is, and no other", () => {
  const rows = [...readme.matchAll(/^\| `client(?:\.([\w.]+))?` \| ((?:`\w+` ?)+)\|$/gm)];
  const named = rows.flatMap(([, resource, list = ""]) =>
    [...list.matchAll(/`(\w+)`/g)].map(([, name]) => (resource === undefined ? `${name}` : `${resource}.${name}`)),
  );
  expect(named.sort()).toEqual(
    sdkMethods()
      .map((method) => method.name)
      .sort(),
  );
});
