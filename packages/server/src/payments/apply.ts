import type { PaymentEventType } from "@kineticpay/contract/events/catalogue";
import { type Callback, recordEvent } from "../callbacks/outbox.ts";
import type { Tx } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";
import type { Attempt, Payment } from "./payment.ts";
import { paymentView } from "./payment-view.ts";
import { updatePayment } from "./store.ts";
import { wirePayload } from "./transaction-record.ts";

/** Where the merchant wants to hear of this payment alone, if it does. */
function callbackOf(gateway: Gateway, payment: Payment, attempts: readonly Attempt[]): Callback | undefined {
  const { callbackUrl: url } = payment;
  if (url === null) return undefined;
  if (payment.protocol === "v2") return { format: "v2", url };
  return { format: "wire", url, payload: wirePayload(gateway, payment, attempts) };
}

/**
 * Writes a payment's new state and its events, numbered on from the last. The one place that does, so no state changes
 * without its event, and no event is told twice.
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
  const written = { ...payment, eventCount: payment.eventCount + events.length };
  await updatePayment(tx, written);
  const data = paymentView(gateway, written, attempts);
  const callback = callbackOf(gateway, written, attempts);
  const { merchantId, collectionId } = payment;
  let sequence = payment.eventCount;
  for (const type of events) {
    sequence += 1;
    const about = { id: payment.id, sequence, attemptId: attempt?.id ?? null };
    await recordEvent(gateway, tx, { type, merchantId, collectionId, payment: about, data, callback });
  }
  return written;
}

/** A payment that nobody can pay any more: its invoice is free for a new one. */
export function closed(payment: Payment, status: "expired" | "cancelled", now: Date): Payment {
  return { ...payment, status, certainty: "final", claimsInvoice: false, closedAt: now, updatedAt: now };
}
