import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { fingerprintOf } from "../idempotency/fingerprint.ts";
import { claimKey } from "../idempotency/store.ts";
import { openCuttingProxy } from "../testing/cutting-proxy.ts";
import { cutCommits } from "../testing/instruments/cut-commits.ts";
import { lostAnswers } from "../testing/instruments/lost-answers.ts";
import { askUnderKey, noLimits, openConnections, paymentText } from "../testing/instruments/one-gateway.ts";
import { type InvoiceGateway, sameInvoiceRounds } from "../testing/instruments/same-invoice-rounds.ts";
import { sameKeyRounds } from "../testing/instruments/same-key-rounds.ts";
import { openTestApp, type TestApp } from "../testing/test-app.ts";

const seed = Number(process.env["TEST_SEED"] ?? Date.now() % 1_000_000);
const rounds = Number(process.env["TEST_ROUNDS"] ?? 20);

/** A long run's figures are there to be read. */
const tell = (report: object) => (process.env["TEST_ROUNDS"] === undefined ? undefined : console.log(report));

let first: TestApp;
let second: TestApp;
let both: InvoiceGateway;
beforeAll(async () => {
  first = await openTestApp({ settings: noLimits });
  second = await openTestApp({ beside: first, settings: noLimits });
  both = {
    ports: [first.port, second.port],
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

it(`does one key's work once, however many ask together at two processes (seed ${seed})`, {
  timeout: 60_000 + rounds * 1_000,
}, async () => {
  const report = await sameKeyRounds(both, { seed, rounds });
  tell(report);
  expect(report.violations).toEqual([]);
  expect(report.created).toBe(rounds);
  expect(report.replayed + report.refused).toBe(report.calls - rounds);
  expect(report.refused).toBeGreaterThan(0);
});

it(`does the work of a call once whose answer was lost, however often it is repeated (seed ${seed})`, {
  timeout: 60_000 + rounds * 1_000,
}, async () => {
  const report = await lostAnswers(both, { seed, cuts: 5 * rounds });
  tell(report);
  expect(report.violations).toEqual([]);
  expect(report.found).toBeGreaterThan(0);
});

it(`never guesses what became of a commit whose answer it did not get (seed ${seed})`, {
  timeout: 60_000 + rounds * 1_000,
}, async () => {
  const proxy = await openCuttingProxy(inject("postgres"));
  const atProxy = first.database.url.replace(/@\/(\w+)\?.*/, `@127.0.0.1:${proxy.port}/$1`);
  const settings = { ...noLimits, DATABASE_URL: atProxy };
  const behind = await openTestApp({ beside: first, settings });
  const report = await cutCommits({ ...both, ports: [behind.port] }, proxy, { seed, calls: 5 * rounds });
  tell(report);
  await behind.close();
  await proxy.close();
  expect(report.violations).toEqual([]);
  expect(report.committed).toBeGreaterThan(0);
  expect(report.undone).toBeGreaterThan(0);
});

it(`lets one invoice have one live payment, however many ask for it at once without a key (seed ${seed})`, {
  timeout: 60_000 + rounds * 3_000,
}, async () => {
  const report = await sameInvoiceRounds(both, { seed, rounds: Math.ceil(rounds / 2) });
  tell(report);
  expect(report.violations).toEqual([]);
  expect(report.refused).toBeGreaterThan(0);
});

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
  const body = paymentText({ invoice: "HELD", amount: 1_250, description: "" });
  const connections = openConnections(1);
  await db.rehearse(async (other) => {
    const write = (text: string, values: readonly unknown[]) => other.query(text, values);
    expect(await claimKey(write, call, { now, until: new Date(now.getTime() + 60_000) }, 1_000)).toBe(true);
    const started = performance.now();
    const told = await askUnderKey(both, second.port, connections, "held", body);
    const waitedMs = performance.now() - started;
    expect(told).toMatchObject({ status: 429, code: "idempotency_in_progress", isReplayed: false });
    expect(waitedMs).toBeGreaterThan(1_900);
    expect(waitedMs).toBeLessThan(3_500);
  });
  expect(await askUnderKey(both, second.port, connections, "held", body)).toMatchObject({
    status: 200,
    isReplayed: false,
  });
  await connections.close();
});
