import { newId } from "@kineticpay/contract/ids";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Tx } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";
import { createMerchant } from "../merchants/create-merchant.ts";
import { createPayment } from "../payments/create-payment.ts";
import { newPayment } from "../testing/new-payment.ts";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { openTestShop, type TestShop } from "../testing/test-shop.ts";
import { deliverDue } from "./deliver.ts";
import { leaseDeliveries } from "./due-deliveries.ts";
import { type NewEvent, recordEvent } from "./outbox.ts";

let core: TestCore;
let clock: TestClock;
let shop: TestShop;
beforeAll(async () => {
  clock = testClock();
  core = await openTestCore({ clock, settings: { KINETICPAY_POLL_INTERVAL_MS: "20" } });
});
afterAll(() => core.close());
beforeEach(async () => {
  await core.gateway.db.query(
    "update deliveries set status = 'failed', next_attempt_at = null where status = 'pending'",
  );
  shop = await openTestShop();
  return () => shop.close();
});

/** The same gateway, but it waits for a shop no longer than a test can. */
const hasty = (timeoutMs: number): Gateway => ({
  ...core.gateway,
  outbound: { ...core.gateway.outbound, post: (call) => core.gateway.outbound.post({ ...call, timeoutMs }) },
});

let counter = 0;
/** A payment, and a way to record what happens to it. */
async function payment(owner = core.owner) {
  counter += 1;
  const { payment } = await createPayment(core.gateway, owner, newPayment({ invoice: `DLV-${counter}` }));
  let sequence = 1;
  return (type: NewEvent["type"], change: Partial<NonNullable<NewEvent["delivery"]>> = {}) => {
    sequence += 1;
    return {
      merchantId: owner.merchantId,
      collectionId: owner.collectionId,
      paymentId: payment.id,
      sequence,
      type,
      data: {},
      delivery: { url: `${shop.url}/callback`, format: "v2", payload: { type, invoice: payment.invoice }, ...change },
    } as const satisfies NewEvent;
  };
}
const record = (event: NewEvent) =>
  core.gateway.db.transaction("payments.change", (tx: Tx) => recordEvent(core.gateway, tx, event));
const state = async (eventId: string) =>
  (
    await core.gateway.db.query<{
      status: string;
      attempt_count: number;
      last_status: number | null;
      last_error: string;
    }>("select status, attempt_count, last_status, last_error from deliveries where event_id = $1", [eventId])
  )[0];

it("signs a callback so that an independent Standard Webhooks library verifies it", async () => {
  const id = await record((await payment())("payment.paid"));
  expect(await deliverDue(core.gateway)).toBe(1);
  const call = shop.received[0];
  if (call === undefined) throw new Error("nothing arrived");
  const merchant = new Webhook(core.merchant.signingSecret);
  const headers = call.headers as Record<string, string>;
  expect(merchant.verify(call.body, headers)).toMatchObject({ type: "payment.paid" });
  expect(() => merchant.verify(call.body.replace("paid", "open"), headers)).toThrow();
  expect(headers["webhook-id"]).toBe(id);
  expect(await state(id)).toMatchObject({ status: "delivered", attempt_count: 1, last_status: 200 });
  expect(await deliverDue(core.gateway)).toBe(0);
});

it("sends nothing for an event that has not committed, nor for one that was rolled back", async () => {
  const event = (await payment())("payment.paid");
  const undone = core.gateway.db.transaction("payments.change", async (tx) => {
    await recordEvent(core.gateway, tx, event);
    expect(await deliverDue(core.gateway)).toBe(0);
    throw new Error("undo");
  });
  await expect(undone).rejects.toThrow("undo");
  expect(await deliverDue(core.gateway)).toBe(0);
  expect(shop.received).toHaveLength(0);
});

it("sends again under the same id what a crash left unrecorded, but only once the lease has ended", async () => {
  const id = await record((await payment())("payment.paid"));
  expect(await leaseDeliveries(core.gateway, 1, [])).toHaveLength(1);
  expect(await deliverDue(core.gateway)).toBe(0);
  clock.advance(61_000);
  expect(await deliverDue(core.gateway)).toBe(1);
  expect(shop.received[0]?.headers["webhook-id"]).toBe(id);
});

it("gives one delivery to one of several processes that look at the same moment", async () => {
  for (let i = 0; i < 10; i += 1) await record((await payment())("payment.paid"));
  const counts = await Promise.all([1, 2, 3].map(() => deliverDue(core.gateway)));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10);
  expect(new Set(shop.received.map((call) => call.headers["webhook-id"])).size).toBe(10);
});

it("follows the schedule after each failure, and gives up after ten attempts", async () => {
  shop.behave((response) => response.writeHead(500).end());
  const id = await record((await payment())("payment.paid"));
  for (const waitS of core.gateway.config.callbackSchedule) {
    expect(await deliverDue(core.gateway)).toBe(1);
    expect(await state(id)).toMatchObject({ status: "pending", last_status: 500, last_error: "answered 500" });
    clock.advance(waitS * 790);
    expect(await deliverDue(core.gateway)).toBe(0);
    clock.advance(waitS * 420);
  }
  expect(await deliverDue(core.gateway)).toBe(1);
  expect(await state(id)).toMatchObject({ status: "failed", attempt_count: 10 });
  clock.advance(10 * 24 * 3_600_000);
  expect(await deliverDue(core.gateway)).toBe(0);
});

it("takes 2xx as the receipt, however much follows it and however long", async () => {
  shop.behave((response, call) => {
    response.writeHead(call.path === "/huge" ? 204 : 202).flushHeaders();
    if (call.path === "/huge") response.end();
    else response.write("x".repeat(1_000_000));
  });
  const event = await payment();
  const endless = await record(event("payment.attempt_failed"));
  const empty = await record(event("payment.paid", { url: `${shop.url}/huge` }));
  expect(await deliverDue(core.gateway)).toBe(2);
  expect(await state(endless)).toMatchObject({ status: "delivered", last_status: 202 });
  expect(await state(empty)).toMatchObject({ status: "delivered", last_status: 204 });
});

it("does not take a redirect, a silence or a refused connection as a receipt", async () => {
  shop.behave((response, call) => {
    if (call.path === "/moved") response.writeHead(302, { location: "/elsewhere" }).end();
  });
  const event = await payment();
  const moved = await record(event("payment.attempt_failed", { url: `${shop.url}/moved` }));
  const silent = await record(event("payment.paid", { url: `${shop.url}/silent` }));
  const refused = await record(event("payment.cancelled", { url: "http://127.0.0.1:9/" }));
  expect(await deliverDue(hasty(300))).toBe(3);
  expect(await state(moved)).toMatchObject({ status: "pending", last_status: 302 });
  expect(await state(silent)).toMatchObject({ status: "pending", last_error: "no answer within 300 ms" });
  expect(await state(refused)).toMatchObject({
    status: "pending",
    last_error: expect.stringContaining("ECONNREFUSED"),
  });
  expect(shop.received.map((call) => call.path).sort()).toEqual(["/moved", "/silent"]);
});

it("delivers to other shops at once while one shop hangs with many callbacks", async () => {
  const other = await createMerchant(core.gateway, {
    name: "Other",
    collectionName: "Main",
    website: "https://o.example",
  });
  const otherOwner = { ...other, merchantName: "Other", keyId: other.apiKey.id };
  const open: { end(): void }[] = [];
  shop.behave((response, call) => {
    if (call.path === "/hangs") open.push(response);
    else response.end();
  });
  for (let i = 0; i < 40; i += 1) await record((await payment())("payment.paid", { url: `${shop.url}/hangs` }));
  const first = await record((await payment(otherOwner))("payment.paid"));
  const running = deliverDue(core.gateway);
  const delivered = (id: string) =>
    expect.poll(async () => (await state(id))?.status, { timeout: 5_000 }).toBe("delivered");
  await delivered(first);
  // It became due only after the hanging shop had been called.
  const second = await record((await payment(otherOwner))("payment.paid"));
  await delivered(second);
  expect(open.length).toBeGreaterThan(0);
  expect(open.length).toBeLessThan(16);
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
  const first = await record((await payment())("payment.paid"));
  const running = deliverDue(core.gateway, stopping.signal);
  await shop.waitFor(1);
  stopping.abort();
  const second = await record((await payment())("payment.paid"));
  answer();
  expect(await running).toBe(1);
  expect(await state(first)).toMatchObject({ status: "delivered" });
  expect(await state(second)).toMatchObject({ status: "pending", attempt_count: 0 });
});

it("never tells a wire-protocol shop of a failure after it was told of the payment", async () => {
  const wire = {
    format: "wire",
    payload: { encoded: "{}", receiptUrl: "", sellerOrderNo: "KP-1-1", apiKeyId: core.merchant.merchantKey.id },
  } as const;
  const event = await payment();
  shop.behave((response) => response.writeHead(503).end());
  const failure = await record(event("payment.attempt_failed", { ...wire, url: `${shop.url}/failed` }));
  expect(await deliverDue(core.gateway)).toBe(1);
  shop.behave((response) => response.end());
  const paid = await record(event("payment.paid", { ...wire, url: `${shop.url}/paid` }));
  expect(await deliverDue(core.gateway)).toBe(1);
  clock.advance(60_000);
  await deliverDue(core.gateway);
  expect(shop.received.map((call) => call.path)).toEqual(["/failed", "/paid"]);
  expect(await state(failure)).toMatchObject({ status: "failed", attempt_count: 1 });
  expect(await state(paid)).toMatchObject({ status: "delivered" });
});

it("tells a wire-protocol shop of one payment's outcomes one after the other", async () => {
  const payload = { encoded: "{}", receiptUrl: "", sellerOrderNo: "KP-1-1", apiKeyId: core.merchant.merchantKey.id };
  const event = await payment();
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
  for (const [index, type] of types.entries()) {
    await record(event(type, { format: "wire", payload, url: `${shop.url}/${index}` }));
  }
  expect(await deliverDue(core.gateway)).toBe(3);
  expect(shop.received.map((call) => call.path)).toEqual(["/0", "/1", "/2"]);
  expect(most).toBe(1);
});

it("keeps one event from being planned twice for one address", async () => {
  const event = (await payment())("payment.paid");
  const id = await record(event);
  const again = core.gateway.db.query(
    `insert into deliveries (id, merchant_id, payment_id, event_id, format, url, payload, status, next_attempt_at, created_at)
     select $1, merchant_id, payment_id, event_id, format, url, payload, status, next_attempt_at, created_at from deliveries where event_id = $2`,
    [newId("delivery", 1, new Uint8Array(10)), id],
  );
  await expect(again).rejects.toThrow("unique");
});
