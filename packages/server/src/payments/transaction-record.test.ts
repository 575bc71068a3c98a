import { afterAll, beforeAll, expect, it } from "vitest";
import type { Outcome } from "../rails/rail.ts";
import { newPayment } from "../testing/new-payment.ts";
import { railMessage } from "../testing/rail-message.ts";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { beginAttempt } from "./begin-attempt.ts";
import { cancelPayment } from "./change-payment.ts";
import { createPayment, type NewPayment } from "./create-payment.ts";
import { expireDue } from "./expire-due.ts";
import type { Attempt } from "./payment.ts";
import { readPayment } from "./read-payments.ts";
import { settlePayment } from "./settle-payment.ts";
import { decisiveAttempt, transactionRecord, wireCode } from "./transaction-record.ts";

let core: TestCore;
let clock: TestClock;
beforeAll(async () => {
  clock = testClock(Date.parse("2023-06-15T03:23:27Z"));
  core = await openTestCore({ clock });
});
afterAll(() => core.close());

let counter = 0;
async function open(change: Partial<NewPayment> = {}) {
  counter += 1;
  const asked = newPayment({ protocol: "wire", invoice: `REC${counter}`, expiresInS: 3_600, ...change });
  const { payment } = await createPayment(core.gateway, { ...core.owner, keyId: core.merchant.merchantKey.id }, asked);
  const seen = () => readPayment(core.gateway, core.owner.collectionId, payment.id);
  return {
    begin: async (): Promise<Attempt> => {
      const choice = { bankId: "MB2U0227", model: "b2c", locale: "en", confirmed: true } as const;
      const begun = await beginAttempt(core.gateway, payment.checkoutId, choice);
      if (begun.kind !== "handed_off") throw new Error(`expected a hand-off, got ${begun.kind}`);
      return begun.attempt;
    },
    tell: (attempt: Attempt, outcome: Outcome, route: "direct" | "indirect" | "enquiry" = "direct") =>
      settlePayment(core.gateway, route, railMessage(attempt, outcome)),
    cancel: () => cancelPayment(core.gateway, core.owner.collectionId, payment.id),
    expire: async () => {
      clock.advance(3_601_000);
      await expireDue(core.gateway);
    },
    code: async () => {
      const found = await seen();
      return wireCode(found.payment, found.attempts);
    },
    record: async () => {
      const found = await seen();
      return transactionRecord(core.gateway, found.payment, found.attempts);
    },
    decisive: async () => {
      const found = await seen();
      return decisiveAttempt(found.payment, found.attempts)?.number;
    },
  };
}

it("says 09 before any attempt and while one is in flight, whatever the browser claims", async () => {
  const payment = await open();
  expect(await payment.code()).toBe("09");
  const attempt = await payment.begin();
  expect(await payment.code()).toBe("09");
  await payment.tell(attempt, "succeeded", "indirect");
  expect(await payment.code()).toBe("09");
  expect(await payment.record()).toMatchObject({ transaction_status: "Pending" });
});

it("says 00 once paid and for ever after", async () => {
  const payment = await open();
  const first = await payment.begin();
  const second = await payment.begin();
  await payment.tell(first, "succeeded");
  expect(await payment.code()).toBe("00");
  await payment.tell(second, "failed");
  await payment.tell(first, "failed");
  await payment.expire();
  expect(await payment.code()).toBe("00");
  expect(await payment.decisive()).toBe(1);
  expect(await payment.record()).toMatchObject({ transaction_status: "Successful" });
});

it("says 99 while an approval is awaited", async () => {
  const payment = await open();
  await payment.tell(await payment.begin(), "awaiting_approval");
  expect(await payment.code()).toBe("99");
  expect(await payment.record()).toMatchObject({ transaction_status: "Pending" });
});

it("says the attempt's own code when it failed, also after the payment expired", async () => {
  const payment = await open();
  await payment.tell(await payment.begin(), "failed");
  expect(await payment.code()).toBe("51");
  expect(await payment.record()).toMatchObject({ transaction_status: "Failed", transaction_status_code: "51" });
  await payment.expire();
  expect(await payment.code()).toBe("51");
});

it("says 09 again when a buyer tries once more, and speaks of that attempt", async () => {
  const payment = await open();
  await payment.tell(await payment.begin(), "failed");
  await payment.begin();
  expect(await payment.code()).toBe("09");
  expect(await payment.decisive()).toBe(2);
});

it("speaks of the attempt still under way when a later one has failed", async () => {
  const payment = await open();
  await payment.begin();
  await payment.tell(await payment.begin(), "failed");
  expect(await payment.code()).toBe("09");
  expect(await payment.decisive()).toBe(1);
});

it("says 2X when cancelled, OF when expired without an attempt, and 00 when the money came after all", async () => {
  const cancelled = await open();
  await cancelled.cancel();
  expect(await cancelled.code()).toBe("2X");
  const expired = await open();
  await expired.expire();
  expect(await expired.code()).toBe("OF");
  const late = await open();
  const attempt = await late.begin();
  await late.tell(attempt, "failed");
  await late.expire();
  await late.tell(attempt, "succeeded");
  expect(await late.code()).toBe("00");
});

it("holds every member of the record, in Malaysian time, with the description whole", async () => {
  clock = testClock(Date.parse("2023-06-15T16:23:27Z"));
  const description = JSON.stringify({
    order: 7,
    text: "Kuih | lapis – “ibu's” & ñ",
    lines: Array(60).fill("teh tarik"),
  });
  const fresh = await openTestCore({ clock });
  try {
    const asked = newPayment({ protocol: "wire", description, amountSen: 1050, buyer: { email: "siti@example.com" } });
    const owner = { ...fresh.owner, keyId: fresh.merchant.merchantKey.id };
    const { payment } = await createPayment(fresh.gateway, owner, asked);
    const choice = { bankId: "MB2U0227", model: "b2c", locale: "en", confirmed: true } as const;
    const begun = await beginAttempt(fresh.gateway, payment.checkoutId, choice);
    if (begun.kind !== "handed_off") throw new Error(begun.kind);
    expect(begun.attempt.sent["fpx_productDesc"]?.length).toBeLessThanOrEqual(30);
    const details = { buyerName: "SITI BINTI AHMAD" };
    const message = railMessage(begun.attempt, "succeeded", { details, transactionId: "2306160023270001" });
    const settled = await settlePayment(fresh.gateway, "direct", message);
    if (settled === undefined) throw new Error("not settled");
    expect(transactionRecord(fresh.gateway, settled.payment, [settled.attempt])).toEqual({
      order_number: "10001",
      order_description: description,
      order_currency: "MYR",
      order_amount: "10.50",
      merchant_name: "Kedai Ujian",
      buyer_name: "SITI BINTI AHMAD",
      buyer_email: "siti@example.com",
      buyer_bank_name: "Maybank2U",
      buyer_bank_code: "MB2U0227",
      exchange_order_number: begun.attempt.orderNumber,
      show_custom_buyer_info_at_landing_page: false,
      custom_buyer_name: null,
      custom_buyer_email: null,
      custom_buyer_personal_info: null,
      custom_order_description: null,
      html_form: false,
      transaction_status: "Successful",
      transaction_status_code: "00",
      transaction_status_description: "Approved",
      transaction_id: "2306160023270001",
      transaction_date_time: "2023-06-16 00:23:27",
      payment_model: "b2c",
    });
  } finally {
    await fresh.close();
  }
});
