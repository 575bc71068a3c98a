import type { EventView } from "@kineticpay/contract/events/event";

/** An event as it is stored. */
export interface StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly createdAt: Date;
  readonly sequence: number | null;
  readonly paymentId: string | null;
  readonly attemptId: string | null;
  readonly collectionId: string | null;
  /** JSON, as it was written. */
  readonly data: string;
}

/** Its columns under these names; the table must be called `e`. */
export const eventColumns = `e.id, e.type, e.created_at as "createdAt", e.sequence, e.payment_id as "paymentId",
  e.attempt_id as "attemptId", e.collection_id as "collectionId", e.data::text as data`;

/** An event as endpoints are sent it: the same bytes every time, because nothing in it is written anew. */
export function eventText(event: StoredEvent): string {
  const head = JSON.stringify({
    id: event.id,
    object: "event",
    type: event.type,
    created_at: event.createdAt.toISOString(),
    sequence: event.sequence,
    payment: event.paymentId,
    attempt: event.attemptId,
    collection: event.collectionId,
  });
  return `${head.slice(0, -1)},"data":${event.data}}`;
}

/** The same event as the API shows it. */
export function eventView(event: StoredEvent): EventView {
  return JSON.parse(eventText(event)) as EventView;
}
