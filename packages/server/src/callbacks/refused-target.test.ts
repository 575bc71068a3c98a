import { afterAll, beforeAll, expect, it } from "vitest";
import { createPayment } from "../payments/create-payment.ts";
import { newPayment } from "../testing/new-payment.ts";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { openTestShop, type TestShop } from "../testing/test-shop.ts";
import { deliverDue } from "./deliver.ts";
import { recordEvent } from "./outbox.ts";

let core: TestCore;
let clock: TestClock;
let inside: TestShop;
beforeAll(async () => {
  clock = testClock();
  core = await openTestCore({ clock, settings: { KINETICPAY_PRIVATE_TARGETS: "off" } });
  inside = await openTestShop();
});
afterAll(async () => {
  await inside.close();
  await core.close();
});

it("tells why a callback to a private address was not sent, and tries it again like any that failed", async () => {
  const { payment } = await createPayment(core.gateway, core.owner, newPayment());
  const about = { merchantId: core.owner.merchantId, collectionId: core.owner.collectionId, paymentId: payment.id };
  const delivery = { url: `${inside.url}/callback`, format: "v2", payload: {} } as const;
  const event = { ...about, sequence: 2, type: "payment.paid", data: {}, delivery } as const;
  const id = await core.gateway.db.transaction("payments.change", (tx) => recordEvent(core.gateway, tx, event));
  const state = async () => (await core.gateway.db.query("select * from deliveries where event_id = $1", [id]))[0];

  expect(await deliverDue(core.gateway)).toBe(1);
  expect(await state()).toMatchObject({
    status: "pending",
    attempt_count: 1,
    last_status: null,
    last_error: "127.0.0.1 is an address that is not on the public internet (loopback)",
  });
  const firstWaitS = core.gateway.config.callbackSchedule[0] ?? 0;
  clock.advance(firstWaitS * 1_000 * 1.2 + 1);
  expect(await deliverDue(core.gateway)).toBe(1);
  expect(await state()).toMatchObject({ status: "pending", attempt_count: 2 });
  expect(inside.received).toEqual([]);
});
