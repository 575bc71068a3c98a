import type { CallbackFormat } from "@kineticpay/contract/events/entry";
import { idAtTime, isId } from "@kineticpay/contract/ids";
import type { AttemptOutcome, DeliveryStatus } from "@kineticpay/contract/webhook-delivery";
import type { Queryable, Tx } from "../db/db.ts";
import type { KeptWirePayload } from "./wire-callback.ts";

/** One event on its way to one receiver. */
export interface StoredDelivery {
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly sequence: number | null;
  readonly paymentId: string | null;
  readonly collectionId: string | null;
  readonly endpointId: string | null;
  readonly url: string;
  readonly format: CallbackFormat;
  readonly payload: KeptWirePayload | null;
  readonly status: DeliveryStatus;
  readonly attemptCount: number;
  readonly nextAttemptAt: Date | null;
  readonly lastAttemptAt: Date | null;
  readonly lastOutcome: AttemptOutcome | null;
  readonly lastStatus: number | null;
  readonly lastMessage: string | null;
  readonly createdAt: Date;
  readonly deliveredAt: Date | null;
}

const select = `select d.id, d.event_id as "eventId", e.type as "eventType", e.sequence, d.payment_id as "paymentId",
  d.collection_id as "collectionId", d.endpoint_id as "endpointId", coalesce(w.url, d.url) as url, d.format, d.payload,
  d.status, d.attempt_count as "attemptCount", d.next_attempt_at as "nextAttemptAt", d.last_attempt_at as "lastAttemptAt",
  d.last_outcome as "lastOutcome", d.last_status as "lastStatus", d.last_error as "lastMessage",
  d.created_at as "createdAt", d.delivered_at as "deliveredAt"
  from deliveries d join events e on e.id = d.event_id left join webhook_endpoints w on w.id = d.endpoint_id`;

/**
 * Whose deliveries may be read. With a collection: those to the callback addresses of its payments. With null: all of the
 * merchant's, those to its endpoints included.
 */
export interface DeliveryReach {
  readonly merchantId: string;
  readonly collectionId: string | null;
}

const within =
  "d.merchant_id = $1 and ($2::text is null or (d.collection_id = $2 and d.endpoint_id is null and d.payment_id is not null))";

/** One delivery of those within reach; undefined alike for what does not exist and for another's. */
export async function findDelivery(
  db: Queryable,
  reach: DeliveryReach,
  id: string,
): Promise<StoredDelivery | undefined> {
  if (!isId("delivery", id)) return undefined;
  const values = [reach.merchantId, reach.collectionId, id];
  return (await db.query<StoredDelivery>(`${select} where ${within} and d.id = $3`, values))[0];
}

/** The same, and nobody else changes it until the transaction ends. */
export async function lockDelivery(tx: Tx, reach: DeliveryReach, id: string): Promise<StoredDelivery | undefined> {
  if (!isId("delivery", id)) return undefined;
  const values = [reach.merchantId, reach.collectionId, id];
  return (await tx.query<StoredDelivery>(`${select} where ${within} and d.id = $3 for no key update of d`, values))[0];
}

/** Ids of deliveries begin with the time of their event. From the first that it can have, to the first beyond them. */
function idsOfEvent(eventId: string): [string, string] {
  const time = `dlv${eventId.slice(3, 14)}`;
  return [time, `${time}~`];
}

/** What one event owes to one endpoint. */
export async function findDeliveryOf(
  db: Queryable,
  eventId: string,
  endpointId: string,
): Promise<StoredDelivery | undefined> {
  const text = `${select} where d.event_id = $1 and d.endpoint_id = $2 and d.id >= $3 and d.id < $4`;
  return (await db.query<StoredDelivery>(text, [eventId, endpointId, ...idsOfEvent(eventId)]))[0];
}

export interface DeliveryFilter extends DeliveryReach {
  readonly endpointId: string | null;
  readonly eventId: string | null;
  readonly status: DeliveryStatus | null;
  readonly startingAfter: string | null;
  readonly limit: number;
}

/** A page of deliveries, newest first: their ids carry the time of their event. */
export function listDeliveries(db: Queryable, filter: DeliveryFilter): Promise<StoredDelivery[]> {
  const values: unknown[] = [filter.merchantId, filter.collectionId];
  const where = [within];
  const add = (condition: string, value: unknown) => {
    if (value === null) return;
    values.push(value);
    where.push(`${condition} $${values.length}`);
  };
  add("d.endpoint_id =", filter.endpointId);
  add("d.event_id =", filter.eventId);
  if (filter.eventId !== null) {
    const [from, to] = idsOfEvent(filter.eventId);
    add("d.id >=", from);
    add("d.id <", to);
  }
  // Said outright, the index of failures can serve.
  if (filter.status === "failed") where.push("d.status = 'failed'");
  add("d.status =", filter.status);
  add("d.id <", filter.startingAfter);
  values.push(filter.limit);
  const text = `${select} where ${where.join(" and ")} order by d.id desc limit $${values.length}`;
  return db.query<StoredDelivery>(text, values);
}

/** One attempt to send a delivery. */
export interface StoredAttempt {
  readonly id: string;
  readonly number: number;
  readonly url: string;
  readonly outcome: AttemptOutcome;
  readonly status: number | null;
  readonly message: string;
  readonly answer: string;
  readonly answerTruncated: boolean;
  readonly retryAfterS: number | null;
  readonly startedAt: Date;
  readonly durationMs: number;
}

const mostAttempts = 100;
const dayMs = 86_400_000;

/** The attempts at a delivery that are still on record, the first one first; of very many, the last hundred. */
export async function attemptsAt(
  db: Queryable,
  merchantId: string,
  delivery: Pick<StoredDelivery, "id" | "createdAt">,
): Promise<StoredAttempt[]> {
  // No attempt is older than what it tried to deliver, but for how far clocks may differ.
  const fromId = idAtTime("deliveryAttempt", delivery.createdAt.getTime() - dayMs);
  const found = await db.query<StoredAttempt>(
    `select id, number, url, outcome, status, message, answer, answer_truncated as "answerTruncated",
       retry_after_s as "retryAfterS", started_at as "startedAt", duration_ms as "durationMs"
     from delivery_attempts where merchant_id = $1 and delivery_id = $2 and id >= $3 order by id desc limit $4`,
    [merchantId, delivery.id, fromId, mostAttempts],
  );
  return found.reverse();
}
