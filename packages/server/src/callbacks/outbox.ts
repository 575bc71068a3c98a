import type { EventType } from "@kineticpay/contract/events/catalogue";
import { newId } from "@kineticpay/contract/ids";
import type { Tx } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";

export type DeliveryFormat = "v2" | "wire";

/** Something that happened to a payment, and whether somebody is to be told. */
export interface NewEvent {
  readonly merchantId: string;
  readonly collectionId: string;
  readonly paymentId: string;
  /** Position among the payment's events, from 1. */
  readonly sequence: number;
  readonly type: EventType;
  /** The payment as it is after the change. */
  readonly data: unknown;
  readonly delivery?: { readonly url: string; readonly format: DeliveryFormat; readonly payload: unknown } | undefined;
}

/** Events that a merchant's callback address hears of; the others only stand in the record. */
const told: ReadonlySet<EventType> = new Set<EventType>([
  "payment.awaiting_approval",
  "payment.paid",
  "payment.attempt_failed",
  "payment.expired",
  "payment.cancelled",
  "payment.late_success",
  "payment.duplicate_success",
]);

/** The wire protocol's shops know two outcomes: paid, or an attempt that came to nothing. */
const toldOnWire: ReadonlySet<EventType> = new Set<EventType>(["payment.paid", "payment.attempt_failed"]);

/** Whether an event is sent in that format. */
export function isTold(type: EventType, format: DeliveryFormat): boolean {
  return (format === "wire" ? toldOnWire : told).has(type);
}

/** Writes an event, and the delivery it causes, in the transaction of the change that it tells. */
export async function recordEvent(gateway: Gateway, tx: Tx, event: NewEvent): Promise<string> {
  const now = gateway.clock.now();
  const id = newId("event", now.getTime(), gateway.random.bytes(10));
  await tx.query(
    `insert into events (id, merchant_id, collection_id, payment_id, sequence, type, data, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      id,
      event.merchantId,
      event.collectionId,
      event.paymentId,
      event.sequence,
      event.type,
      JSON.stringify(event.data),
      now,
    ],
  );
  if (event.delivery !== undefined && isTold(event.type, event.delivery.format)) {
    await tx.query(
      `insert into deliveries (id, merchant_id, payment_id, event_id, format, url, payload, status, next_attempt_at, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, 'pending', $8, $8)`,
      [
        newId("delivery", now.getTime(), gateway.random.bytes(10)),
        event.merchantId,
        event.paymentId,
        id,
        event.delivery.format,
        event.delivery.url,
        JSON.stringify(event.delivery.payload),
        now,
      ],
    );
  }
  return id;
}
