import { newId } from "@kineticpay/contract/ids";
import type { Tx } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";
import { post } from "../ledger/post.ts";
import { postingsFor } from "../ledger/posting.ts";
import type { RailMessage } from "../rails/rail.ts";
import { applyChange } from "./apply.ts";
import { keepMessage } from "./bank-messages.ts";
import { openCase } from "./cases.ts";
import { type Decision, decide, type Route } from "./decide.ts";
import type { Attempt, Payment } from "./payment.ts";
import { attemptsOf, findAttempt, lockInvoiceOf, lockPayment, updateAttempt } from "./store.ts";

export interface Settled {
  readonly effect: string;
  readonly payment: Payment;
  readonly attempt: Attempt;
}

/** Which of the facts that left with the buyer the message repeats otherwise. */
function differingFacts(attempt: Attempt, message: RailMessage): string[] {
  return Object.keys(attempt.facts).filter((name) => attempt.facts[name] !== message.facts[name]);
}

async function applyDecision(
  gateway: Gateway,
  tx: Tx,
  decision: Decision,
  attempts: readonly Attempt[],
  route: Route,
  message: RailMessage,
) {
  const { attempt, payment, booking } = decision;
  const now = gateway.clock.now();
  const about = { merchantId: payment.merchantId, paymentId: payment.id, attemptId: attempt.id };
  const id = (kind: "message" | "transaction") => newId(kind, now.getTime(), gateway.random.bytes(10));
  await keepMessage(tx, { id: id("message"), attemptId: attempt.id, route, message, effect: decision.effect, at: now });
  await updateAttempt(tx, attempt);
  if (booking !== undefined) {
    const postings = postingsFor(booking, attempt.rail, payment.merchantId, payment.amountSen);
    await post(tx, { id: id("transaction"), ...about, kind: booking, postings, at: now });
  }
  for (const kind of decision.cases) {
    await openCase(gateway, tx, about, kind, { code: message.verdict.code, route, order_number: attempt.orderNumber });
  }
  const after = attempts.map((each) => (each.id === attempt.id ? attempt : each));
  return applyChange(gateway, tx, payment, after, decision.events, attempt);
}

/** Authentic, yet about another sum or another seller: kept, shown to a person, and believed in nothing. */
async function setAside(
  gateway: Gateway,
  tx: Tx,
  attempt: Attempt,
  route: Route,
  message: RailMessage,
  differing: readonly string[],
) {
  const now = gateway.clock.now();
  const id = newId("message", now.getTime(), gateway.random.bytes(10));
  await keepMessage(tx, { id, attemptId: attempt.id, route, message, effect: "facts_differ", at: now });
  const about = { merchantId: attempt.merchantId, paymentId: attempt.paymentId, attemptId: attempt.id };
  await openCase(gateway, tx, about, "facts_differ", {
    route,
    code: message.verdict.code,
    differing,
    sent: differing.map((name) => attempt.facts[name] ?? ""),
    received: differing.map((name) => message.facts[name] ?? ""),
  });
}

/**
 * Locks the payment. When money has come, all payments of its invoice: of two that are confirmed at the same moment, the
 * second has to see the first, or both would count as owed to the merchant.
 */
async function lockFor(
  tx: Tx,
  paymentId: string,
  message: RailMessage,
): Promise<{ payment: Payment | undefined; isPaidElsewhere: boolean }> {
  if (message.verdict.outcome !== "succeeded")
    return { payment: await lockPayment(tx, paymentId), isPaidElsewhere: false };
  const ofInvoice = await lockInvoiceOf(tx, paymentId);
  return {
    payment: ofInvoice.find(({ id }) => id === paymentId),
    isPaidElsewhere: ofInvoice.some(({ id, status }) => id !== paymentId && status === "paid"),
  };
}

/**
 * The one door. Server message, browser return and enquiry all end here: the message, the change of state, the books,
 * the event and the callback commit together or not at all, under a lock on the payment.
 * @returns undefined when no attempt has the message's order number; then nothing was stored
 */
export async function settlePayment(
  gateway: Gateway,
  route: Route,
  message: RailMessage,
): Promise<Settled | undefined> {
  const found = await findAttempt(gateway.db, message.orderNumber);
  if (found === undefined) return undefined;
  const settled = await gateway.db.transaction("payments.settle", async (tx): Promise<Settled> => {
    const { payment, isPaidElsewhere } = await lockFor(tx, found.paymentId, message);
    const attempts = await attemptsOf(tx, [found.paymentId]);
    const attempt = attempts.find((each) => each.id === found.id);
    if (payment === undefined || attempt === undefined) throw new Error(`attempt ${found.id} has no payment`);
    const differing = differingFacts(attempt, message);
    if (differing.length > 0) {
      await setAside(gateway, tx, attempt, route, message, differing);
      return { effect: "facts_differ", payment, attempt };
    }
    const decision = decide({
      payment,
      attempts,
      attempt,
      route,
      verdict: message.verdict,
      invoicePaidElsewhere: isPaidElsewhere,
      now: gateway.clock.now(),
      neverReachedAfterMs: gateway.config.neverReachedAfterS * 1000,
    });
    const written = await applyDecision(gateway, tx, decision, attempts, route, message);
    return { effect: decision.effect, payment: written, attempt: decision.attempt };
  });
  if (settled.effect === "facts_differ") {
    const about = { route, order: message.orderNumber, code: message.verdict.code, payment: settled.payment.id };
    gateway.log.error(about, "an authentic bank message differs from what was sent; it was not believed, see its case");
  }
  gateway.wakeups.wake("deliver");
  if (settled.attempt.nextEnquiryAt !== null) gateway.wakeups.wake("requery");
  return settled;
}
