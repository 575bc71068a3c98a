import type { PaymentView } from "@kineticpay/contract/payment";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Failure } from "./harness/api.ts";
import { newBuyer } from "./harness/buyer.ts";
import { operate } from "./harness/operator.ts";
import { decideAtBank, defaultBank, openStage, payAtBank, type Stage } from "./harness/stage.ts";
import { until } from "./harness/until.ts";

let stage: Stage;
/** One that asks by itself only after the tests. */
let quiet: Stage;
beforeAll(async () => {
  // Nobody looks at banks but buyers and programs.
  const settings = { KINETICPAY_BANK_WATCH_INTERVAL: "0" };
  [stage, quiet] = await Promise.all([
    openStage({ settings: { ...settings, KINETICPAY_NEVER_REACHED_AFTER: "5" } }),
    openStage({ settings: { ...settings, KINETICPAY_REQUERY_SCHEDULE: "3600", KINETICPAY_ENQUIRY_RATE: "100" } }),
  ]);
});
afterAll(() => Promise.all([stage.close(), quiet.close()]));

interface Banks {
  readonly data: readonly { readonly id: string; readonly online: boolean; readonly offline_since: string | null }[];
}

/** What each disturbance of an enquiry is to a merchant's program that asks now. */
const disturbances = {
  garbage: { status: 502, code: "bank_bad_response", type: "bank_error", retryable: true },
  html: { status: 502, code: "bank_bad_response", type: "bank_error", retryable: true },
  error: { status: 502, code: "bank_bad_response", type: "bank_error", retryable: true },
  http_500: { status: 502, code: "bank_bad_response", type: "bank_error", retryable: true },
  oversized: { status: 502, code: "bank_bad_response", type: "bank_error", retryable: true },
  bad_signature: { status: 502, code: "bank_bad_response", type: "bank_error", retryable: true },
  wrong_key: { status: 502, code: "bank_bad_response", type: "bank_error", retryable: true },
  closed: { status: 503, code: "bank_offline", type: "unavailable_error", retryable: true },
  reset: { status: 503, code: "bank_offline", type: "unavailable_error", retryable: true },
  slow: { status: 504, code: "bank_timeout", type: "timeout_error", retryable: false },
} as const;

/** A payment that the bank has approved and of which no message reached the gateway. */
async function approvedUnheard(at: Stage, ae: string): Promise<PaymentView> {
  const payment = await at.create();
  await at.gateway.exchange.script({
    match: { seller_order_no: payment.invoice },
    direct: "drop",
    ae,
    slow_ms: 15_000,
  });
  await decideAtBank(await at.buyerAtBank(payment), "Approve");
  return at.gateway.api.get(payment.id);
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
  for (const kind of kinds) payments.set(kind, await approvedUnheard(quiet, kind));
  const ask = async (kind: keyof typeof disturbances) => {
    const before = payments.get(kind);
    const answer = await quiet.gateway.api.call<Failure>("POST", `/api/v2/payments/${before?.id}/requery`);
    expect(answer.status, kind).toBe(disturbances[kind].status);
    expect(answer.body, kind).toMatchObject(disturbances[kind]);
    if (kind === "slow") expect(answer.body.meta).toMatchObject({ outcome: "unknown", payment: before?.id });
    if (kind === "reset") expect(answer.headers.get("retry-after")).toBe(String(answer.body.retry_after));
    const after = await quiet.gateway.api.get(before?.id ?? "");
    expect({ ...after, next_check_at: null }, kind).toEqual({ ...before, next_check_at: null });
  };
  await Promise.all(kinds.map(ask));
  for (const payment of payments.values()) expect(quiet.shop.told(payment.id)).toEqual([]);
  await quiet.gateway.exchange.clearScripts();
  for (const payment of payments.values()) {
    const found = await quiet.gateway.api.call<PaymentView>("POST", `/api/v2/payments/${payment.id}/requery`);
    expect(found).toMatchObject({ status: 200, body: { status: "paid", certainty: "final", flags: [] } });
    await quiet.shop.waitForTold(payment.id, "payment.paid");
  }
}, 60_000);

test("an exchange that is away is left alone, shown so to the operator, and asked about everything once it is back", async () => {
  const payments = [];
  for (let i = 0; i < 3; i += 1) payments.push(await approvedUnheard(stage, "reset"));
  const exchange = async () => {
    const [found] = await operate<readonly { circuit: string; undecided: number }[]>(stage.gateway, ["exchange"]);
    return found;
  };
  await until("the exchange to be left alone", async () => (await exchange())?.circuit === "open");
  expect(await exchange()).toMatchObject({ undecided: 3 });
  const began = performance.now();
  const told = await stage.gateway.api.call<Failure>("POST", `/api/v2/payments/${payments[0]?.id}/requery`);
  // Unless this was the probe that is due every 15 s, nothing was sent anywhere.
  expect(told).toMatchObject({ status: 503, body: { code: "bank_offline" } });
  expect(Number(told.headers.get("retry-after"))).toBeLessThanOrEqual(30);
  expect(performance.now() - began).toBeLessThan(2_000);
  await stage.gateway.exchange.clearScripts();
  for (const payment of payments) await stage.waitFor(payment.id, "paid", (now) => now.status === "paid", 45_000);
  expect(await exchange()).toMatchObject({ circuit: "closed", undecided: 0 });
}, 90_000);

test("a program that asks for banks hears of a network in trouble, and of banks since when they are offline", async () => {
  const banks = (model: string) => quiet.gateway.api.call<Banks & Failure>("GET", `/api/v2/banks?model=${model}`);
  await quiet.gateway.exchange.script({ match: { any: true }, be: "html" });
  expect(await banks("b2b1")).toMatchObject({ status: 502, body: { code: "bank_bad_response" } });
  await quiet.gateway.exchange.clearScripts();
  await quiet.gateway.exchange.setBank("PBB0234", false);
  const offline = await until("the banks to be told again", async () => {
    const { status, body } = await banks("b2b1");
    return status === 200 && body.data.find((bank) => bank.id === "PBB0234");
  });
  expect(offline).toMatchObject({ online: false, offline_since: expect.stringMatching(/^\d{4}-/) });
  await quiet.gateway.exchange.setBank("PBB0234", true);
  await until("the bank to be back", async () => {
    const found = (await banks("b2b1")).body.data.find((bank) => bank.id === "PBB0234");
    return found?.online === true && found.offline_since === null;
  });
  const history = await until("both changes to be kept", async () => {
    const { body } = await quiet.gateway.api.call<{ data: readonly { online: boolean }[] }>(
      "GET",
      "/api/v2/banks/PBB0234/status_changes",
    );
    return body.data.length === 2 && body.data;
  });
  expect(history.map((change) => change.online)).toEqual([true, false]);
});

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
