import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { type EventSource, eventSource } from "../testing/test-events.ts";
import { openTestShop, type TestShop } from "../testing/test-shop.ts";
import { deliverDue } from "./deliver.ts";
import type { Callback } from "./outbox.ts";

let core: TestCore;
let clock: TestClock;
let shop: TestShop;
let source: EventSource;
beforeAll(async () => {
  clock = testClock();
  core = await openTestCore({ clock, settings: { KINETICPAY_POLL_INTERVAL_MS: "20" } });
  source = eventSource(core);
});
afterAll(() => core.close());
beforeEach(async () => {
  await source.settleAll();
  shop = await openTestShop();
  return () => shop.close();
});

const onWire = (path: string): Callback => ({
  format: "wire",
  url: `${shop.url}${path}`,
  payload: { encoded: "{}", receiptUrl: "", sellerOrderNo: "KP-1-1", apiKeyId: core.merchant.merchantKey.id },
});
const state = async (eventId: string) => (await source.states(eventId))[0];

it("never tells a shop of a failure after it was told of the payment", async () => {
  const record = await source.payment();
  shop.behave((response) => response.writeHead(503).end());
  const failure = await record("payment.attempt_failed", onWire("/failed"));
  expect(await deliverDue(core.gateway)).toBe(1);
  shop.behave((response) => response.end());
  const paid = await record("payment.paid", onWire("/paid"));
  expect(await deliverDue(core.gateway)).toBe(1);
  clock.advance(60_000);
  await deliverDue(core.gateway);
  expect(shop.received.map((call) => call.path)).toEqual(["/failed", "/paid"]);
  expect(await state(failure)).toMatchObject({ status: "failed", attempt_count: 1 });
  expect(await state(paid)).toMatchObject({ status: "delivered" });
});

it("tells a shop of one payment's outcomes one after the other", async () => {
  const record = await source.payment();
  let underway = 0;
  let most = 0;
  shop.behave((response) => {
    underway += 1;
    most = Math.max(most, underway);
    setTimeout(() => {
      underway -= 1;
      response.end();
    }, 50);
  });
  const types = ["payment.attempt_failed", "payment.attempt_failed", "payment.paid"] as const;
  for (const [index, type] of types.entries()) await record(type, onWire(`/${index}`));
  expect(await deliverDue(core.gateway)).toBe(3);
  expect(shop.received.map((call) => call.path)).toEqual(["/0", "/1", "/2"]);
  expect(most).toBe(1);
});

it("does not order what goes to different shops, nor what goes to an endpoint, by the wire's rule", async () => {
  const { id: endpoint } = await source.endpoint(`${shop.url}/endpoint`);
  const held: { end(): void }[] = [];
  shop.behave((response, call) => {
    if (call.path === "/held") held.push(response);
    else response.end();
  });
  const record = await source.payment();
  await record("payment.attempt_failed", onWire("/held"));
  const paid = await record("payment.paid", onWire("/held"));
  const running = deliverDue(core.gateway);
  await expect.poll(async () => (await source.states(paid, endpoint))[0]?.status).toBe("delivered");
  expect(shop.received.filter((call) => call.path === "/held")).toHaveLength(1);
  shop.behave((response) => response.end());
  for (const response of held) response.end();
  await running;
  expect(await source.states(paid, null)).toMatchObject([{ status: "delivered" }]);
});
