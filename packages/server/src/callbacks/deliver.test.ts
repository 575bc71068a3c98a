import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Gateway } from "../gateway.ts";
import { createMerchant } from "../merchants/create-merchant.ts";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { type EventSource, eventSource } from "../testing/test-events.ts";
import { openTestShop, type TestShop } from "../testing/test-shop.ts";
import { deliverDue } from "./deliver.ts";
import { leaseDeliveries } from "./lease.ts";
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

/** The same gateway, but it waits for a shop no longer than a test can. */
const hasty = (timeoutMs: number): Gateway => ({
  ...core.gateway,
  outbound: { ...core.gateway.outbound, post: (call) => core.gateway.outbound.post({ ...call, timeoutMs }) },
});
const at = (path = "/callback"): Callback => ({ format: "v2", url: `${shop.url}${path}` });
const state = async (eventId: string) => (await source.states(eventId))[0];

it("signs a callback so that an independent Standard Webhooks library verifies it", async () => {
  const id = await (await source.payment())("payment.paid", at());
  expect(await deliverDue(core.gateway)).toBe(1);
  const call = shop.received[0];
  if (call === undefined) throw new Error("nothing arrived");
  const merchant = new Webhook(core.merchant.signingSecret);
  const headers = call.headers as Record<string, string>;
  expect(merchant.verify(call.body, headers)).toMatchObject({ id, object: "event", type: "payment.paid", sequence: 2 });
  expect(() => merchant.verify(call.body.replace("paid", "open"), headers)).toThrow();
  expect(headers["webhook-id"]).toBe(id);
  expect(await state(id)).toMatchObject({ status: "delivered", attempt_count: 1, last_status: 200 });
  expect(await deliverDue(core.gateway)).toBe(0);
});

it("sends nothing for an event that has not committed, nor for one that was rolled back", async () => {
  const { gateway } = core;
  const record = await source.payment();
  const undone = gateway.db.transaction("payments.change", async (tx) => {
    const db = { ...gateway.db, transaction: <T>(_name: string, work: (inner: typeof tx) => Promise<T>) => work(tx) };
    await (await eventSource({ ...core, gateway: { ...gateway, db } }).payment())("payment.paid", at());
    expect(await deliverDue(gateway)).toBe(0);
    throw new Error("undo");
  });
  await expect(undone).rejects.toThrow("undo");
  expect(await deliverDue(gateway)).toBe(0);
  expect(shop.received).toHaveLength(0);
  await record("payment.paid", at());
  expect(await deliverDue(gateway)).toBe(1);
});

it("sends again under the same id what a crash left unrecorded, but only once the lease has ended", async () => {
  const id = await (await source.payment())("payment.paid", at());
  const taken = await leaseDeliveries(core.gateway, { after: "", room: 1, only: null });
  expect(taken.deliveries.map((each) => each.event.id)).toEqual([id]);
  expect(await deliverDue(core.gateway)).toBe(0);
  clock.advance(61_000);
  expect(await deliverDue(core.gateway)).toBe(1);
  expect(shop.received[0]?.headers["webhook-id"]).toBe(id);
});

it("gives one delivery to one of several processes that look at the same moment", async () => {
  for (let i = 0; i < 10; i += 1) await (await source.payment())("payment.paid", at());
  const counts = await Promise.all([1, 2, 3].map(() => deliverDue(core.gateway)));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10);
  expect(new Set(shop.received.map((call) => call.headers["webhook-id"])).size).toBe(10);
});

it("follows the schedule after each failure, and gives up after ten attempts", async () => {
  shop.behave((response) => response.writeHead(500).end());
  const id = await (await source.payment())("payment.paid", at());
  for (const waitS of core.gateway.config.callbackSchedule) {
    expect(await deliverDue(core.gateway)).toBe(1);
    expect(await state(id)).toMatchObject({ status: "pending", last_status: 500, last_error: "answered 500" });
    clock.advance(waitS * 790);
    expect(await deliverDue(core.gateway)).toBe(0);
    clock.advance(waitS * 420);
  }
  expect(await deliverDue(core.gateway)).toBe(1);
  expect(await state(id)).toMatchObject({ status: "failed", attempt_count: 10, next_attempt_at: null });
  clock.advance(10 * 24 * 3_600_000);
  expect(await deliverDue(core.gateway)).toBe(0);
});

it("takes 2xx as the receipt, however much follows it and however long", async () => {
  shop.behave((response, call) => {
    response.writeHead(call.path === "/empty" ? 204 : 202).flushHeaders();
    if (call.path === "/empty") response.end();
    else response.write("x".repeat(call.path === "/huge" ? 1_000_000 : 10));
  });
  const record = await source.payment();
  const huge = await record("payment.attempt_failed", at("/huge"));
  const endless = await record("payment.cancelled", at("/endless"));
  const empty = await record("payment.paid", at("/empty"));
  expect(await deliverDue(core.gateway)).toBe(3);
  expect(await state(huge)).toMatchObject({ status: "delivered", last_status: 202 });
  expect(await state(endless)).toMatchObject({ status: "delivered", last_status: 202 });
  expect(await state(empty)).toMatchObject({ status: "delivered", last_status: 204 });
});

it("does not take a redirect, a silence or a refused connection as a receipt", async () => {
  shop.behave((response, call) => {
    if (call.path === "/moved") response.writeHead(302, { location: "/elsewhere" }).end();
  });
  const record = await source.payment();
  const moved = await record("payment.attempt_failed", at("/moved"));
  const silent = await record("payment.paid", at("/silent"));
  const refused = await record("payment.cancelled", { format: "v2", url: "http://127.0.0.1:9/" });
  expect(await deliverDue(hasty(300))).toBe(3);
  expect(await state(moved)).toMatchObject({ status: "pending", last_outcome: "redirected", last_status: 302 });
  expect(await state(silent)).toMatchObject({ last_outcome: "timed_out", last_error: "no answer within 300 ms" });
  expect(await state(refused)).toMatchObject({
    status: "pending",
    last_outcome: "unreachable",
    last_error: expect.stringContaining("ECONNREFUSED"),
  });
  expect(shop.received.map((call) => call.path).sort()).toEqual(["/moved", "/silent"]);
});

it("delivers to other shops at once while one shop hangs with many callbacks", async () => {
  const about = { name: "Other", collectionName: "Main", website: "https://o.example" };
  const other = await createMerchant(core.gateway, about);
  const otherOwner = { ...other, merchantName: "Other", keyId: other.apiKey.id };
  const open: { end(): void }[] = [];
  shop.behave((response, call) => {
    if (call.path.startsWith("/hangs")) open.push(response);
    else response.end();
  });
  for (let i = 0; i < 40; i += 1) await (await source.payment())("payment.paid", at(`/hangs?order=${i}`));
  const first = await (await source.payment(otherOwner))("payment.paid", at());
  const running = deliverDue(core.gateway);
  const delivered = (id: string) =>
    expect.poll(async () => (await state(id))?.status, { timeout: 5_000 }).toBe("delivered");
  await delivered(first);
  // It became due only after the hanging shop had been called.
  const second = await (await source.payment(otherOwner))("payment.paid", at());
  await delivered(second);
  expect(open).toHaveLength(5);
  shop.behave((response) => response.end());
  for (const response of open) response.end();
  expect(await running).toBe(42);
});

it("takes nothing new once it is told to stop, and finishes what is under way", async () => {
  const stopping = new AbortController();
  let answer = () => {};
  shop.behave((response) => {
    answer = () => response.end();
  });
  const first = await (await source.payment())("payment.paid", at());
  const running = deliverDue(core.gateway, stopping.signal);
  await shop.waitFor(1);
  stopping.abort();
  const second = await (await source.payment())("payment.paid", at());
  answer();
  expect(await running).toBe(1);
  expect(await state(first)).toMatchObject({ status: "delivered" });
  expect(await state(second)).toMatchObject({ status: "pending", attempt_count: 0 });
});

it("keeps one event from being planned twice for one receiver", async () => {
  const id = await (await source.payment())("payment.paid", at());
  const again = core.gateway.db.query(
    `insert into deliveries (id, merchant_id, collection_id, payment_id, event_id, lane, format, url, status, next_attempt_at, created_at)
     select rpad(substr(id, 1, 14), 30, '0'), merchant_id, collection_id, payment_id, event_id, lane, format, url, status, next_attempt_at, created_at
     from deliveries where event_id = $1`,
    [id],
  );
  await expect(again).rejects.toThrow("unique");
});
