import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newPayment } from "../testing/new-payment.ts";
import { railMessage } from "../testing/rail-message.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { beginAttempt } from "./begin-attempt.ts";
import { cancelPayment } from "./change-payment.ts";
import { createPayment } from "./create-payment.ts";
import { readByInvoice, readPayment } from "./read-payments.ts";
import { settlePayment } from "./settle-payment.ts";

let core: TestCore;
beforeAll(async () => {
  core = await openTestCore();
});
afterAll(() => core.close());

let counter = 0;
const freshInvoice = () => {
  counter += 1;
  return `INV-${counter}`;
};
const create = (change: Parameters<typeof newPayment>[0]) =>
  createPayment(core.gateway, core.owner, newPayment(change));
const begin = async (checkoutId: string) => {
  const begun = await beginAttempt(core.gateway, checkoutId, {
    bankId: "MB2U0227",
    model: "b2c",
    locale: "en",
    confirmed: true,
  });
  if (begun.kind !== "handed_off") throw new Error(`expected a hand-off, got ${begun.kind}`);
  return begun.attempt;
};
const codeOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof GatewayError ? error.code : error;
};

it("returns the live payment when the same invoice and amount are asked for again", async () => {
  const invoice = freshInvoice();
  const first = await create({ invoice });
  const second = await create({ invoice, successUrl: "https://shop.example/elsewhere" });
  expect(second.payment.id).toBe(first.payment.id);
  expect(second.payment.successUrl).toBe("https://shop.example/elsewhere");
});

it("keeps the address that is told of a payment where a repeat of its call names none, and takes a new one", async () => {
  const invoice = freshInvoice();
  await create({ invoice, callbackUrl: "https://shop.example/callback" });
  expect((await create({ invoice, callbackUrl: null })).payment.callbackUrl).toBe("https://shop.example/callback");
  const moved = await create({ invoice, callbackUrl: "https://shop.example/other" });
  expect(moved.payment.callbackUrl).toBe("https://shop.example/other");
  // What listens there reads the form of the other protocol.
  expect((await create({ invoice, callbackUrl: null, protocol: "wire" })).payment.callbackUrl).toBeNull();
});

it("answers an order that is sent again without waiting for whoever holds its payment", async () => {
  const invoice = freshInvoice();
  const first = await create({ invoice });
  await core.gateway.db.transaction("payments.change", async (tx) => {
    await tx.query("select from payments where id = $1 for update", [first.payment.id]);
    expect((await create({ invoice })).payment.id).toBe(first.payment.id);
  });
});

it("keeps the addresses of a payment whose buyer is at the bank", async () => {
  const invoice = freshInvoice();
  const { payment } = await create({ invoice });
  await begin(payment.checkoutId);
  const again = await create({ invoice, successUrl: "https://shop.example/elsewhere" });
  expect(again.payment.id).toBe(payment.id);
  expect(again.payment.successUrl).toBe("https://shop.example/thanks");
});

it("creates one payment however many ask for one invoice at once", async () => {
  const invoice = freshInvoice();
  const all = await Promise.all(Array.from({ length: 40 }, () => create({ invoice })));
  expect(new Set(all.map((each) => each.payment.id)).size).toBe(1);
});

it("refuses another amount for a live invoice on the v2 API", async () => {
  const invoice = freshInvoice();
  await create({ invoice });
  expect(await codeOf(create({ invoice, amountSen: 9999 }))).toBe("invoice_conflict");
});

it("replaces the unpaid payment of a changed cart on the wire protocol, and cancels the old one", async () => {
  const invoice = freshInvoice();
  const first = await create({ invoice, protocol: "wire" });
  const second = await create({ invoice, protocol: "wire", amountSen: 9999 });
  expect(second.payment.id).not.toBe(first.payment.id);
  expect(await cancelPayment(core.gateway, core.owner.collectionId, first.payment.id)).toMatchObject({
    payment: { status: "cancelled" },
  });
  expect((await readByInvoice(core.gateway, core.owner.collectionId, invoice)).payment.id).toBe(second.payment.id);
});

it("refuses a changed cart on the wire protocol while a buyer is paying the old one", async () => {
  const invoice = freshInvoice();
  const { payment } = await create({ invoice, protocol: "wire" });
  await begin(payment.checkoutId);
  expect(await codeOf(create({ invoice, protocol: "wire", amountSen: 9999 }))).toBe("invoice_conflict");
});

it("refuses a paid invoice for ever, whatever the amount", async () => {
  const invoice = freshInvoice();
  const { payment } = await create({ invoice });
  await settlePayment(core.gateway, "direct", railMessage(await begin(payment.checkoutId), "succeeded"));
  expect(await codeOf(create({ invoice }))).toBe("invoice_already_paid");
  expect(await codeOf(create({ invoice, amountSen: 9999, protocol: "wire" }))).toBe("invoice_already_paid");
});

it("creates a new payment for an invoice whose last one was cancelled", async () => {
  const invoice = freshInvoice();
  const first = await create({ invoice });
  await cancelPayment(core.gateway, core.owner.collectionId, first.payment.id);
  const second = await create({ invoice });
  expect(second.payment.id).not.toBe(first.payment.id);
  expect(second.payment.status).toBe("open");
});

it("refuses a new request for an invoice that late money has paid, also while another payment of it is open", async () => {
  const invoice = freshInvoice();
  const { payment: first } = await create({ invoice });
  const attempt = await begin(first.checkoutId);
  await settlePayment(core.gateway, "direct", railMessage(attempt, "failed"));
  await cancelPayment(core.gateway, core.owner.collectionId, first.id);
  const { payment: second } = await create({ invoice });
  await settlePayment(core.gateway, "direct", railMessage(attempt, "succeeded"));
  expect(second.status).toBe("open");
  expect(await codeOf(create({ invoice }))).toBe("invoice_already_paid");
  expect(await codeOf(create({ invoice, amountSen: 9900, protocol: "wire" }))).toBe("invoice_already_paid");
  const turned = await beginAttempt(core.gateway, second.checkoutId, {
    ...{ bankId: "MB2U0227", model: "b2c", locale: "en", confirmed: true },
  });
  expect(turned.kind).toBe("closed");
  expect((await readPayment(core.gateway, core.owner.collectionId, second.id)).payment.status).toBe("cancelled");
});

it("refuses to cancel while a buyer is at the bank", async () => {
  const { payment } = await create({ invoice: freshInvoice() });
  await begin(payment.checkoutId);
  expect(await codeOf(cancelPayment(core.gateway, core.owner.collectionId, payment.id))).toBe("state_not_allowed");
});

it("refuses an amount that FPX does not carry for the model asked for", async () => {
  expect(await codeOf(create({ invoice: freshInvoice(), amountSen: 99 }))).toBe("amount_out_of_range");
  expect(await codeOf(create({ invoice: freshInvoice(), model: "b2c", amountSen: 3_000_001 }))).toBe(
    "amount_out_of_range",
  );
  expect((await create({ invoice: freshInvoice(), model: "b2b1", amountSen: 3_000_001 })).payment.status).toBe("open");
});

it("names an existing invoice that differs only by a prefix or suffix, and only to its own collection", async () => {
  await create({ invoice: "TESTS777KNWC" });
  const error = await readByInvoice(core.gateway, core.owner.collectionId, "777").catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "resource_missing", meta: { nearest: "TESTS777KNWC" } });
  const stranger = await readByInvoice(core.gateway, "col_00000000000000000000000000", "777").catch(
    (thrown: unknown) => thrown,
  );
  expect(stranger).toMatchObject({ code: "resource_missing", meta: { nearest: "" } });
});

it("starts one attempt when a buyer taps twice", async () => {
  const { payment } = await create({ invoice: freshInvoice() });
  const input = { bankId: "MB2U0227", model: "b2c", locale: "en", confirmed: false } as const;
  const both = await Promise.all([
    beginAttempt(core.gateway, payment.checkoutId, input),
    beginAttempt(core.gateway, payment.checkoutId, input),
  ]);
  const ids = both.map((begun) => (begun.kind === "handed_off" ? begun.attempt.id : begun.kind));
  expect(new Set(ids).size).toBe(1);
  expect(ids[0]).toMatch(/^att_/);
});
