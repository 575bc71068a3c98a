import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { openCaller } from "../../../../reliability/cast/call.ts";
import { openNotebook } from "../../../../reliability/findings.ts";
import { lostAnswers } from "../../../../reliability/races/lost-answers.ts";
import { sameInvoiceRounds } from "../../../../reliability/races/same-invoice-rounds.ts";
import { sameKeyRounds } from "../../../../reliability/races/same-key-rounds.ts";
import { callApi, type OneGateway, paymentCall } from "../../../../reliability/races/shop-call.ts";
import { randomFrom } from "../../../../reliability/random.ts";
import type { RunStatement } from "../db/db.ts";
import { fingerprintOf } from "../idempotency/fingerprint.ts";
import { claimKey } from "../idempotency/store.ts";
import { cutCommits } from "../testing/cut-commits.ts";
import { openCuttingProxy } from "../testing/cutting-proxy.ts";
import { noLimits } from "../testing/no-limits.ts";
import { openTestApp, type TestApp } from "../testing/test-app.ts";

// The built program is attacked in the same ways, and longer, by the instruments of `reliability/`.
const seed = Number(process.env["TEST_SEED"] ?? Date.now() % 1_000_000);

let first: TestApp;
let second: TestApp;
let both: OneGateway;
beforeAll(async () => {
  first = await openTestApp({ settings: noLimits });
  second = await openTestApp({ beside: first, settings: noLimits });
  both = {
    urls: [first.port, second.port].map((port) => `http://127.0.0.1:${port}`),
    apiKey: first.merchant.apiKey.key,
    merchantKey: first.merchant.merchantKey.key,
    async count(text, values) {
      const [row] = await first.gateway.db.query<{ count: number }>(`select count(*) as count from ${text}`, values);
      return row?.count ?? -1;
    },
  };
});
afterAll(async () => {
  await second.close();
  await first.close();
});

const options = { timeout: 120_000 };

it(`does one key's work once, however many ask together at two processes (seed ${seed})`, options, async () => {
  const notebook = openNotebook();
  await sameKeyRounds(both, { random: randomFrom(seed), notebook, rounds: 10 });
  const { counts, violations } = notebook.findings();
  expect(violations).toEqual([]);
  expect(counts["created"]).toBe(10);
  expect((counts["replayed"] ?? 0) + (counts["refused"] ?? 0)).toBe(10 * 99);
  expect(counts["refused"]).toBeGreaterThan(0);
});

it(
  `does the work of a call once whose answer was lost, however often it is repeated (seed ${seed})`,
  options,
  async () => {
    const notebook = openNotebook();
    await lostAnswers(both, { random: randomFrom(seed), notebook, cuts: 60 });
    const { counts, violations } = notebook.findings();
    expect(violations).toEqual([]);
    expect(counts["found done"]).toBeGreaterThan(0);
  },
);

it(`never guesses what became of a commit whose answer it did not get (seed ${seed})`, options, async () => {
  const proxy = await openCuttingProxy(inject("postgres"));
  const atProxy = first.database.url.replace(/@\/(\w+)\?.*/, `@127.0.0.1:${proxy.port}/$1`);
  const settings = { ...noLimits, DATABASE_URL: atProxy };
  const behind = await openTestApp({ beside: first, settings });
  const urls = [`http://127.0.0.1:${behind.port}`];
  const report = await cutCommits({ ...both, urls }, proxy, { seed, calls: 100 });
  await behind.close();
  await proxy.close();
  expect(report.violations).toEqual([]);
  expect(report.committed).toBeGreaterThan(0);
  expect(report.undone).toBeGreaterThan(0);
});

it(
  `lets one invoice have one live payment, however many ask for it at once without a key (seed ${seed})`,
  options,
  async () => {
    const notebook = openNotebook();
    await sameInvoiceRounds(both, { random: randomFrom(seed), notebook, rounds: 6 });
    const { counts, violations } = notebook.findings();
    expect(violations).toEqual([]);
    expect(counts["refused"]).toBeGreaterThan(0);
  },
);

it("makes a new payment's call wait two seconds for another process that holds its key, and no longer", async () => {
  const { db, clock } = first.gateway;
  const now = clock.now();
  const call = {
    merchantId: first.merchant.merchantId,
    collectionId: first.merchant.collectionId,
    key: "held",
    route: "POST /x",
    fingerprint: fingerprintOf({}, {}),
    requestId: "req_held",
    at: now,
  };
  const caller = openCaller(1);
  const asked = paymentCall({ invoice: "HELD", amount: 1_250, description: "" });
  const ask = () => callApi(both, caller, both.urls[1] ?? "", asked, "held");
  await db.rehearse(async (other) => {
    const write: RunStatement = (text, values) => other.query(text, values);
    expect(await claimKey(write, call, { now, until: new Date(now.getTime() + 60_000) }, 1_000)).toBe(true);
    const started = performance.now();
    const told = await ask();
    const waitedMs = performance.now() - started;
    expect(told).toMatchObject({ status: 429, code: "idempotency_in_progress", isReplayed: false });
    expect(waitedMs).toBeGreaterThan(1_900);
    expect(waitedMs).toBeLessThan(3_500);
  });
  expect(await ask()).toMatchObject({
    status: 200,
    isReplayed: false,
  });
  caller.close();
});
