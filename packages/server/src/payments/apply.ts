import type { PaymentEventType } from "@kineticpay/contract/events/catalogue";
import type { Callback } from "../callbacks/outbox.ts";
import type { Tx } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";
import type { Attempt, Payment } from "./payment.ts";
import { paymentView } from "./payment-view.ts";
import { wirePayload } from "./transaction-record.ts";
import { type Change, changeRow, writeUnderLock } from "./write-changes.ts";

/** Where the merchant wants to hear of this payment alone, if it does. */
function callbackOf(gateway: Gateway, payment: Payment, attempts: readonly Attempt[]): Callback | undefined {
  const { callbackUrl: url } = payment;
  if (url === null) return undefined;
  if (payment.protocol === "v2") return { format: "v2", url };
  return { format: "wire", url, payload: wirePayload(gateway, payment, attempts) };
}

/**
 * The change to a payment's new state, with its events, numbered on from the last. The one place that puts them together, so no
 * state changes without its event, and no event is told twice.
 * @param attempt the attempt that the events are about, if they are about one
 */
export function changeTo(
  gateway: Gateway,
  payment: Payment,
  attempts: readonly Attempt[],
  events: readonly PaymentEventType[],
  attempt?: Attempt,
): Change & { readonly payment: Payment } {
  const written = { ...payment, eventCount: payment.eventCount + events.length };
  const data = paymentView(gateway, written, attempts);
  const callback = callbackOf(gateway, written, attempts);
  const { merchantId, collectionId } = payment;
  return {
    payment: written,
    events: events.map((type, index) => {
      const about = { id: payment.id, sequence: payment.eventCount + index + 1, attemptId: attempt?.id ?? null };
      return { type, merchantId, collectionId, payment: about, data, callback };
    }),
  };
}

/**
 * Writes a payment's new state and its events, under the payment's lock.
 * @param attempt the attempt that the events are about, if they are about one
 * @returns the payment as written
 */
export async function applyChange(
  gateway: Gateway,
  tx: Tx,
  payment: Payment,
  attempts: readonly Attempt[],
  events: readonly PaymentEventType[],
  attempt?: Attempt,
): Promise<Payment> {
  const change = changeTo(gateway, payment, attempts, events, attempt);
  await writeUnderLock(tx, changeRow(gateway, change));
  return change.payment;
}

/** A payment that nobody can pay any more: its invoice is free for a new one. */
export function closed(payment: Payment, status: "expired" | "cancelled", now: Date): Payment {
  return { ...payment, status, certainty: "final", claimsInvoice: false, closedAt: now, updatedAt: now };
}
