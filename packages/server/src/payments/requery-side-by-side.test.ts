import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newPayment } from "../testing/new-payment.ts";
import { openPretendExchange, type PretendExchange } from "../testing/pretend-exchange.ts";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { beginAttempt } from "./begin-attempt.ts";
import { createPayment } from "./create-payment.ts";
import type { Attempt } from "./payment.ts";
import { requeryDue } from "./requery-due.ts";

let core: TestCore;
let clock: TestClock;
let exchange: PretendExchange;
const asked: string[] = [];
beforeAll(async () => {
  clock = testClock();
  exchange = await openPretendExchange();
  core = await openTestCore({
    ...{ clock, exchange: exchange.exchange, outbound: exchange.outbound },
    settings: { KINETICPAY_ENQUIRY_RATE: "1000" },
  });
  exchange.answerWith((sent) => {
    asked.push(sent["fpx_sellerExOrderNo"] ?? "");
    return exchange.confirm(sent, "09");
  });
});
afterAll(async () => {
  await core.close();
  await exchange.close();
});

let counter = 0;
async function atBank(): Promise<Attempt> {
  counter += 1;
  const { payment } = await createPayment(core.gateway, core.owner, newPayment({ invoice: `SIDE-${counter}` }));
  const choice = { bankId: "MB2U0227", model: "b2c", locale: "en", confirmed: true } as const;
  const begun = await beginAttempt(core.gateway, payment.checkoutId, choice);
  if (begun.kind !== "handed_off") throw new Error(begun.kind);
  return begun.attempt;
}

it("waits for no attempt that another process is just taking, and asks about the others meanwhile", async () => {
  const [taken, free] = [await atBank(), await atBank()];
  clock.advance(130_000);
  const other = new pg.Client(core.database.connection);
  await other.connect();
  await other.query("begin");
  await other.query("select id from attempts where id = $1 for update", [taken.id]);
  const startedMs = performance.now();
  expect(await requeryDue(core.gateway)).toBe(1);
  expect(asked).toEqual([free.orderNumber]);
  // A statement that waits for a lock gives up after ten seconds.
  expect(performance.now() - startedMs).toBeLessThan(8_000);
  await other.query("rollback");
  await other.end();
  expect(await requeryDue(core.gateway)).toBe(1);
  expect(asked).toEqual([free.orderNumber, taken.orderNumber]);
});

it("asks about each attempt once, however many processes find it due at the same moment", async () => {
  asked.length = 0;
  const attempts = await Promise.all(Array.from({ length: 12 }, atBank));
  clock.advance(400_000);
  const mine = () => asked.filter((order) => attempts.some(({ orderNumber }) => orderNumber === order)).sort();
  await Promise.all(Array.from({ length: 6 }, () => requeryDue(core.gateway)));
  expect(mine()).toEqual(attempts.map(({ orderNumber }) => orderNumber).sort());
});
