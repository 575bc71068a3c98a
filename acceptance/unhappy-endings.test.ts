import { afterAll, beforeAll, expect, test } from "vitest";
import type { Failure } from "./harness/api.ts";
import { newBuyer } from "./harness/buyer.ts";
import { operate } from "./harness/operator.ts";
import { decideAtBank, defaultBank, openStage, payAtBank, returnFromBank, type Stage } from "./harness/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

interface CaseRow {
  readonly id: string;
  readonly kind: string;
  readonly paymentId: string;
}

async function casesOf(paymentId: string): Promise<string[]> {
  const rows = await operate<CaseRow[]>(stage.gateway, ["cases", "list"]);
  return rows.filter((row) => row.paymentId === paymentId).map((row) => row.kind);
}

test("a payment that nobody tries to pay expires by the clock, its shop is told, and its invoice is free again", async () => {
  const payment = await stage.create({ expires_in: 1 });
  const expired = await stage.waitForStatus(payment.id, "expired");
  expect(expired).toMatchObject({ certainty: "final", attempts: [] });
  await stage.shop.waitForTold(payment.id, "payment.expired");
  const buyer = newBuyer();
  await buyer.open(payment.checkout_url);
  expect(buyer.page.heading).toBe("This payment has expired");
  const again = await stage.create({ invoice: payment.invoice });
  expect(again.id).not.toBe(payment.id);
});

test("a payment whose buyer is at the bank does not expire while the exchange calls it pending", async () => {
  const payment = await stage.create({ expires_in: 2 });
  const buyer = await stage.buyerAtBank(payment);
  const asked = await stage.waitFor(payment.id, "asked about after its end", (now) => {
    return now.attempts[0]?.rail_code === "09" && Date.now() > Date.parse(now.expires_at) + 500;
  });
  expect(asked).toMatchObject({ status: "processing" });
  await payAtBank(buyer);
  const paid = await stage.waitForStatus(payment.id, "paid");
  // The buyer was in time to begin, so this is no late success.
  expect(paid.flags).toEqual([]);
});

test("money that arrives after a payment expired is booked, flagged, told to the shop, and given to a person", async () => {
  const payment = await stage.create({ expires_in: 2 });
  const buyer = await stage.buyerAtBank(payment);
  await decideAtBank(buyer, "Let the session time out");
  await stage.waitForStatus(payment.id, "expired");
  const order = (await stage.gateway.api.get(payment.id)).attempts[0]?.order_number ?? "";
  await stage.gateway.exchange.decide(order, "00");
  const paid = await stage.waitForStatus(payment.id, "paid");
  expect(paid).toMatchObject({ certainty: "final", flags: ["late_success"] });
  await stage.shop.waitForTold(payment.id, "payment.paid");
  await stage.shop.waitForTold(payment.id, "payment.late_success");
  expect(await casesOf(payment.id)).toEqual(["late_success"]);
  const late = newBuyer();
  await late.open(payment.checkout_url);
  expect(late.page.heading).toBe("Payment successful");
  expect(late.page.text).toContain("arrived after this order had closed");
});

test("money that arrives after a payment was cancelled is booked and flagged just so", async () => {
  const payment = await stage.create();
  const buyer = await stage.buyerAtBank(payment);
  await decideAtBank(buyer, "Cancel");
  await stage.waitForStatus(payment.id, "open");
  const cancelled = await stage.gateway.api.call("POST", `/api/v2/payments/${payment.id}/cancel`);
  expect(cancelled).toMatchObject({ status: 200, body: { status: "cancelled", certainty: "final" } });
  const order = (await stage.gateway.api.get(payment.id)).attempts[0]?.order_number ?? "";
  await stage.gateway.exchange.decide(order, "00");
  expect((await stage.waitForStatus(payment.id, "paid")).flags).toEqual(["late_success"]);
});

test("a buyer is warned before paying a second time, and a second success is booked and flagged as a duplicate", async () => {
  const payment = await stage.create();
  const buyer = await stage.buyerAtBank(payment);
  const first = (await stage.gateway.api.get(payment.id)).attempts[0]?.order_number ?? "";
  await buyer.open(payment.checkout_url);
  expect(buyer.page.heading).toBe("Waiting for Maybank2U");
  await buyer.press("I closed the bank page, try again");
  expect(buyer.page.heading).toBe("Your earlier try may still go through");
  await buyer.press("Pay again with Maybank2U");
  await buyer.press("Continue to bank");
  await payAtBank(buyer);
  const paid = await stage.waitForStatus(payment.id, "paid");
  expect(paid.flags).toEqual([]);

  await stage.gateway.exchange.decide(first, "00");
  const twice = await stage.waitFor(payment.id, "flagged", (now) => now.flags.length > 0);
  expect(twice).toMatchObject({ status: "paid", flags: ["duplicate_success"] });
  expect(twice.attempts.map((each) => each.status)).toEqual(["succeeded", "succeeded"]);
  expect(twice.paid_at).toBe(paid.paid_at);
  await stage.shop.waitForTold(payment.id, "payment.duplicate_success");
  expect(stage.shop.told(payment.id).filter((each) => each.type === "payment.paid")).toHaveLength(1);
  expect(await casesOf(payment.id)).toEqual(["duplicate_success"]);
  await buyer.open(`${payment.checkout_url}?stay=1`);
  for (const attempt of twice.attempts) expect(buyer.page.text).toContain(attempt.rail_transaction_id);
});

test("paid is never taken back: a refusal that follows is set before a person", async () => {
  const payment = await stage.create();
  const buyer = await stage.buyerAtBank(payment);
  await payAtBank(buyer);
  const paid = await stage.waitForStatus(payment.id, "paid");
  const order = paid.attempts[0]?.order_number ?? "";
  const answers = await stage.gateway.exchange.send(order, "51");
  expect(answers).toMatchObject([{ status: 200, body: "OK" }]);
  expect(await stage.gateway.api.get(payment.id)).toMatchObject({ status: "paid", paid_at: paid.paid_at });
  expect(await casesOf(payment.id)).toEqual(["contradiction"]);
  const open = (await operate<CaseRow[]>(stage.gateway, ["cases", "list"])).find(
    (each) => each.paymentId === payment.id,
  );
  await operate(stage.gateway, ["cases", "close", open?.id ?? "", "--by", "Aminah", "--note", "Asked the bank"]);
  expect(await casesOf(payment.id)).toEqual([]);
});

test("a payment is cancelled while nobody pays it, and never while a buyer is at the bank", async () => {
  const payment = await stage.create();
  const cancel = (id: string) => stage.gateway.api.call<Failure>("POST", `/api/v2/payments/${id}/cancel`);
  const buyer = await stage.buyerAtBank(payment);
  const refused = await cancel(payment.id);
  expect(refused.status).toBe(403);
  expect(refused.body).toMatchObject({
    code: "state_not_allowed",
    meta: { payment: payment.id, status: "processing" },
  });
  await decideAtBank(buyer, "Cancel");
  await returnFromBank(buyer);
  await stage.waitForStatus(payment.id, "open");
  expect((await cancel(payment.id)).status).toBe(200);
  expect((await cancel(payment.id)).status).toBe(200);
  await stage.shop.waitForTold(payment.id, "payment.cancelled");
  expect(stage.shop.told(payment.id).filter((each) => each.type === "payment.cancelled")).toHaveLength(1);
  await buyer.open(payment.checkout_url);
  expect(buyer.page.heading).toBe("This payment was cancelled");
});

test("a payment cancelled behind the back of a buyer who has the list of banks open cannot be begun any more", async () => {
  const payment = await stage.create();
  const buyer = newBuyer();
  await buyer.open(payment.checkout_url);
  await stage.gateway.api.call("POST", `/api/v2/payments/${payment.id}/cancel`);
  await buyer.goToBank(defaultBank);
  expect(buyer.page.heading).toBe("This payment was cancelled");
  expect((await stage.gateway.api.get(payment.id)).attempts).toEqual([]);
});

test("a double tap, a reload and a step back at the hand-off never make a second attempt", async () => {
  const payment = await stage.create();
  const [left, right] = [newBuyer(), newBuyer()];
  await Promise.all([left.open(payment.checkout_url), right.open(payment.checkout_url)]);
  await Promise.all([left.press("Proceed", { bank: defaultBank }), right.press("Proceed", { bank: defaultBank })]);
  expect((await stage.gateway.api.get(payment.id)).attempts).toHaveLength(1);
  await left.reload();
  await left.press("Continue to bank");
  await left.open(right.page.url);
  expect((await stage.gateway.api.get(payment.id)).attempts).toHaveLength(1);
});
