import type { PaymentView } from "@kineticpay/contract/payment";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Failure } from "./harness/api.ts";
import { newBuyer } from "./harness/buyer.ts";
import { decideAtBank, defaultBank, openStage, payAtBank, type Stage } from "./harness/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({
    settings: { KINETICPAY_NEVER_REACHED_AFTER: "5" },
  });
});
afterAll(() => stage.close());

/** What each disturbance of an enquiry is to a merchant's program that asks now. */
const disturbances = {
  garbage: { status: 502, code: "bank_bad_response", type: "bank_error", retryable: true },
  error: { status: 502, code: "bank_bad_response", type: "bank_error", retryable: true },
  http_500: { status: 502, code: "bank_bad_response", type: "bank_error", retryable: true },
  oversized: { status: 502, code: "bank_bad_response", type: "bank_error", retryable: true },
  bad_signature: { status: 502, code: "bank_bad_response", type: "bank_error", retryable: true },
  reset: { status: 503, code: "bank_offline", type: "unavailable_error", retryable: true },
  slow: { status: 504, code: "bank_timeout", type: "timeout_error", retryable: false },
} as const;

/** A payment that the bank has approved and of which no message reached the gateway. */
async function approvedUnheard(ae: string): Promise<PaymentView> {
  const payment = await stage.create();
  await stage.gateway.exchange.script({
    match: { seller_order_no: payment.invoice },
    direct: "drop",
    ae,
    slow_ms: 15_000,
  });
  await decideAtBank(await stage.buyerAtBank(payment), "Approve");
  return stage.gateway.api.get(payment.id);
}

test.each(["garbage", "reset", "bad_signature"])(
  "a bank list that comes as %s stops nobody from paying, and no creation answers for it",
  async (be) => {
    await stage.gateway.exchange.script({ match: { any: true }, be });
    const payment = await stage.create();
    const buyer = newBuyer();
    await buyer.open(payment.checkout_url);
    await buyer.waitFor("the exchange to be asked in vain", async () =>
      (await stage.gateway.exchange.scripts()).some((script) => script.used > 0),
    );
    expect(buyer.page.text).toContain("Bank status cannot be checked right now");
    await buyer.goToBank(defaultBank);
    await payAtBank(buyer);
    expect(buyer.page.heading).toBe("Payment successful");
    await stage.gateway.exchange.clearScripts();
  },
);

test("an exchange that answers enquiries with garbage, too much, too late, a wrong signature or not at all changes nothing; once it answers, the payment is found paid", async () => {
  const kinds = Object.keys(disturbances) as (keyof typeof disturbances)[];
  const payments = new Map<string, PaymentView>();
  for (const kind of kinds) payments.set(kind, await approvedUnheard(kind));
  const ask = async (kind: keyof typeof disturbances) => {
    const before = payments.get(kind);
    const answer = await stage.gateway.api.call<Failure>("POST", `/api/v2/payments/${before?.id}/requery`);
    expect(answer.status, kind).toBe(disturbances[kind].status);
    expect(answer.body, kind).toMatchObject(disturbances[kind]);
    if (kind === "slow") expect(answer.body.meta).toMatchObject({ outcome: "unknown", payment: before?.id });
    if (kind === "reset") expect(answer.headers.get("retry-after")).toBe(String(answer.body.retry_after));
    const after = await stage.gateway.api.get(before?.id ?? "");
    expect({ ...after, next_check_at: null }, kind).toEqual({ ...before, next_check_at: null });
  };
  await Promise.all(kinds.map(ask));
  for (const payment of payments.values()) expect(stage.shop.told(payment.id)).toEqual([]);
  await stage.gateway.exchange.clearScripts();
  for (const payment of payments.values()) {
    const found = await stage.gateway.api.call<PaymentView>("POST", `/api/v2/payments/${payment.id}/requery`);
    expect(found).toMatchObject({ status: 200, body: { status: "paid", certainty: "final", flags: [] } });
    await stage.shop.waitForTold(payment.id, "payment.paid");
  }
}, 60_000);

test("an exchange that never heard of the buyer is believed only after a while; then the buyer can try again", async () => {
  const payment = await stage.create();
  const buyer = newBuyer();
  await buyer.open(payment.checkout_url);
  await buyer.press("Proceed", { bank: defaultBank });
  // The buyer does not press on, so the exchange answers every enquiry with 76; each moves the time of the next.
  const checks = new Set<string | null>();
  const asked = await stage.waitFor(payment.id, "asked about three times", (now) => {
    checks.add(now.next_check_at);
    return checks.size > 3;
  });
  expect(asked).toMatchObject({ status: "processing", certainty: "unknown" });
  const open = await stage.waitForStatus(payment.id, "open");
  expect(open.attempts[0]).toMatchObject({ status: "failed", reason: "never_reached_bank" });
  await buyer.open(payment.checkout_url);
  await buyer.goToBank(defaultBank);
  await payAtBank(buyer);
  expect(buyer.page.heading).toBe("Payment successful");
});
