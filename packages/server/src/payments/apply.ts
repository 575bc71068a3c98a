import type { EventType } from "@kineticpay/contract/events/catalogue";
import { recordEvent } from "../callbacks/outbox.ts";
import type { Tx } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";
import type { Attempt, Payment } from "./payment.ts";
import { paymentView } from "./payment-view.ts";
import { updatePayment } from "./store.ts";
import { wirePayload } from "./transaction-record.ts";

/** The delivery that an event of this payment causes, if its merchant gave an address to be told at. */
function deliveryOf(
  gateway: Gateway,
  payment: Payment,
  attempts: readonly Attempt[],
  type: EventType,
  sequence: number,
  view: unknown,
) {
  if (payment.callbackUrl === null) return undefined;
  const payload =
    payment.protocol === "wire"
      ? wirePayload(gateway, payment, attempts)
      : { object: "event", type, sequence, created_at: gateway.clock.now().toISOString(), data: view };
  return { url: payment.callbackUrl, format: payment.protocol, payload };
}

/**
 * Writes a payment's new state and its events, numbered on from the last. The one place that does, so no state changes
 * without its event, and no event is told twice.
 * @returns the payment as written
 */
export async function applyChange(
  gateway: Gateway,
  tx: Tx,
  payment: Payment,
  attempts: readonly Attempt[],
  events: readonly EventType[],
): Promise<Payment> {
  const written = { ...payment, eventCount: payment.eventCount + events.length };
  await updatePayment(tx, written);
  const view = paymentView(gateway, written, attempts);
  let sequence = payment.eventCount;
  for (const type of events) {
    sequence += 1;
    await recordEvent(gateway, tx, {
      merchantId: payment.merchantId,
      collectionId: payment.collectionId,
      paymentId: payment.id,
      sequence,
      type,
      data: view,
      delivery: deliveryOf(gateway, written, attempts, type, sequence, view),
    });
  }
  return written;
}

/** A payment that nobody can pay any more: its invoice is free for a new one. */
export function closed(payment: Payment, status: "expired" | "cancelled", now: Date): Payment {
  return { ...payment, status, certainty: "final", claimsInvoice: false, closedAt: now, updatedAt: now };
}
