import { newId } from "@kineticpay/contract/ids";
import type { Locale, PaymentModel } from "@kineticpay/contract/payment";
import type { Gateway } from "../gateway.ts";
import type { HandOff } from "../rails/rail.ts";
import { applyChange, closed } from "./apply.ts";
import { EnquiryWithheld, enquireAttempt } from "./enquire-attempt.ts";
import { type Attempt, isInFlight, isUnpaid, type Payment, statusFromAttempts } from "./payment.ts";
import { readByCheckout } from "./read-payments.ts";
import { attemptsOf, findPaidSibling, insertAttempt, lockPayment } from "./store.ts";

export interface BeginInput {
  readonly bankId: string;
  readonly model: PaymentModel;
  readonly locale: Locale;
  /** The buyer has read that an earlier attempt may still go through, and wants to pay all the same. */
  readonly confirmed: boolean;
}

export type Begun =
  | { readonly kind: "handed_off"; readonly attempt: Attempt }
  /** There is nothing to pay any more; the payment's page tells why. */
  | { readonly kind: "closed" }
  | { readonly kind: "not_found" }
  /** An earlier attempt is undecided; the buyer must be warned first. */
  | { readonly kind: "undecided"; readonly attempt: Attempt }
  | { readonly kind: "bank_unavailable"; readonly bankId: string }
  | { readonly kind: "out_of_range" }
  | { readonly kind: "too_many" };

const enquiryTimeoutMs = 5_000;
const enquiryPatienceMs = 500;
const doubleTapMs = 10_000;
const attemptsPerPayment = 20;

/** FPX allows neither `&` nor `'` in order numbers, and 40 characters; the buyer sees this one at the bank. */
function sellerOrderNumber(invoice: string): string {
  return invoice.replace(/[^A-Za-z0-9@/\\() ._,-]/g, "-").slice(0, 40);
}

async function isBankOnline(gateway: Gateway, model: PaymentModel, bankId: string): Promise<boolean> {
  const list = await gateway.rail.banks(model);
  return list.banks.some((bank) => bank.id === bankId && bank.online);
}

/** Learns what became of earlier attempts before a buyer may pay again. Silence leaves them as undecided as they were. */
async function askAboutEarlier(gateway: Gateway, attempts: readonly Attempt[]): Promise<void> {
  await Promise.all(
    attempts.filter(isInFlight).map((attempt) =>
      enquireAttempt(gateway, attempt, enquiryTimeoutMs, enquiryPatienceMs).catch((error: unknown) => {
        const level = error instanceof EnquiryWithheld ? "debug" : "warn";
        gateway.log[level](
          { err: error, order: attempt.orderNumber },
          "an enquiry before a new attempt brought no answer",
        );
      }),
    ),
  );
}

function newAttempt(gateway: Gateway, payment: Payment, number: number, input: BeginInput): Attempt {
  const now = gateway.clock.now();
  const id = newId("attempt", now.getTime(), gateway.random.bytes(10));
  const orderNumber = `KP${id.slice(4)}`;
  const handOff: HandOff = gateway.rail.begin({
    orderNumber,
    sellerOrderNumber: sellerOrderNumber(payment.invoice),
    amountSen: payment.amountSen,
    model: input.model,
    bankId: input.bankId,
    description: payment.description === "" ? payment.merchantName : payment.description,
    buyerName: payment.buyer.name ?? "",
    buyerEmail: payment.buyer.email ?? "",
    at: now,
  });
  const firstS = gateway.config.requerySchedule[0] ?? 120;
  return {
    id,
    merchantId: payment.merchantId,
    paymentId: payment.id,
    number,
    rail: gateway.rail.name,
    model: input.model,
    bankId: input.bankId,
    bankName: gateway.rail.bankName(input.model, input.bankId),
    orderNumber,
    sent: handOff.sent,
    facts: handOff.facts,
    locale: input.locale,
    status: "in_flight",
    certainty: "unknown",
    railCode: "",
    reason: "",
    railTransactionId: "",
    details: {},
    uncertainCount: 0,
    notFoundCount: 0,
    enquiryCount: 0,
    nextEnquiryAt: new Date(now.getTime() + firstS * 1000),
    browserReturnedAt: null,
    createdAt: now,
    concludedAt: null,
  };
}

/** The decisive part, under the payment's lock: whatever was seen before may have changed since. */
async function commitAttempt(
  gateway: Gateway,
  seen: Payment,
  known: ReadonlySet<string>,
  input: BeginInput,
): Promise<Begun> {
  return gateway.db.transaction("payments.begin_attempt", async (tx): Promise<Begun> => {
    const payment = await lockPayment(tx, seen.id);
    if (payment === undefined) return { kind: "not_found" };
    const attempts = await attemptsOf(tx, [payment.id]);
    const now = gateway.clock.now();
    if (!isUnpaid(payment)) return { kind: "closed" };
    const flying = attempts.filter(isInFlight);
    // Money that came late has paid this invoice by another payment, or the time is up: nobody can pay here any more.
    const isPaidElsewhere = (await findPaidSibling(tx, payment)) !== undefined;
    if (isPaidElsewhere || payment.expiresAt <= now) {
      const status = isPaidElsewhere ? "cancelled" : "expired";
      if (flying.length === 0)
        await applyChange(gateway, tx, closed(payment, status, now), attempts, [`payment.${status}`]);
      return { kind: "closed" };
    }
    const surprise = flying.find((attempt) => !known.has(attempt.id));
    if (surprise !== undefined) {
      const twin = surprise.bankId === input.bankId && now.getTime() - surprise.createdAt.getTime() < doubleTapMs;
      return twin ? { kind: "handed_off", attempt: surprise } : { kind: "undecided", attempt: surprise };
    }
    if (attempts.length >= attemptsPerPayment) return { kind: "too_many" };
    const attempt = newAttempt(gateway, payment, attempts.length + 1, input);
    await insertAttempt(tx, attempt);
    const after = [...attempts, attempt];
    const changed = { ...payment, ...statusFromAttempts(after), attemptCount: after.length, updatedAt: now };
    await applyChange(gateway, tx, changed, after, ["payment.processing"], attempt);
    return { kind: "handed_off", attempt };
  });
}

/**
 * Sends a buyer to a bank. While an earlier attempt is undecided the network is asked first (at most 5 s), and the buyer
 * is warned before paying a second time. A double tap on the same bank within 10 s yields the one attempt.
 */
export async function beginAttempt(gateway: Gateway, checkoutId: string, input: BeginInput): Promise<Begun> {
  const found = await readByCheckout(gateway, checkoutId);
  if (found === undefined) return { kind: "not_found" };
  if (!isUnpaid(found.payment)) return { kind: "closed" };
  const now = gateway.clock.now();
  const latest = found.attempts.at(-1);
  const isDoubleTap =
    latest?.status === "in_flight" &&
    latest.bankId === input.bankId &&
    now.getTime() - latest.createdAt.getTime() < doubleTapMs &&
    latest.railTransactionId === "";
  if (isDoubleTap && !input.confirmed) return { kind: "handed_off", attempt: latest };

  await askAboutEarlier(gateway, found.attempts);
  const limits = gateway.rail.limits(input.model);
  const { amountSen } = found.payment;
  if (amountSen < limits.minimumSen || amountSen > limits.maximumSen) return { kind: "out_of_range" };
  if (found.payment.model !== null && found.payment.model !== input.model)
    return { kind: "bank_unavailable", bankId: input.bankId };
  if (!(await isBankOnline(gateway, input.model, input.bankId)))
    return { kind: "bank_unavailable", bankId: input.bankId };

  const current = await attemptsOf(gateway.db, [found.payment.id]);
  const undecided = current.filter(isInFlight);
  const last = undecided.at(-1);
  if (last !== undefined && !input.confirmed) return { kind: "undecided", attempt: last };
  const begun = await commitAttempt(gateway, found.payment, new Set(undecided.map((attempt) => attempt.id)), input);
  gateway.wakeups.wake("deliver");
  return begun;
}
