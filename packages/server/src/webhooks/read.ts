import type { EventView } from "@kineticpay/contract/events/event";
import type { DeliveryAttemptView, FullDeliveryView, WebhookDeliveryView } from "@kineticpay/contract/webhook-delivery";
import {
  attemptsAt,
  type DeliveryFilter,
  type DeliveryReach,
  findDelivery,
  listDeliveries,
  type StoredAttempt,
  type StoredDelivery,
} from "../callbacks/deliveries.ts";
import { type Endpoint, findEndpoint, listEndpoints } from "../callbacks/endpoints.ts";
import { eventText, eventView } from "../callbacks/event-text.ts";
import { type EventFilter, type EventReach, eventBehind, findEvent, listEvents } from "../callbacks/events.ts";
import { isWhole, plainWireFields } from "../callbacks/wire-callback.ts";
import type { Gateway } from "../gateway.ts";
import { type Actor, reachOf } from "../merchants/audit-log.ts";

export interface Page<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
}

/** A page, out of one more than it holds. */
function pageOf<S, T>(found: readonly S[], limit: number, view: (item: S) => T): Page<T> {
  return { items: found.slice(0, limit).map(view), hasMore: found.length > limit };
}

/** One event; undefined alike for what does not exist and for what is out of reach. */
export async function readEvent(gateway: Gateway, reach: EventReach, id: string): Promise<EventView | undefined> {
  const found = await findEvent(gateway.db, reach, id);
  return found === undefined ? undefined : eventView(found);
}

/** A page of events, newest first. */
export async function readEvents(gateway: Gateway, filter: EventFilter): Promise<Page<EventView>> {
  return pageOf(await listEvents(gateway.db, { ...filter, limit: filter.limit + 1 }), filter.limit, eventView);
}

/** One endpoint; undefined alike for what does not exist, was deleted, or belongs to another. */
export function readEndpoint(gateway: Gateway, actor: Actor, id: string): Promise<Endpoint | undefined> {
  return findEndpoint(gateway.db, reachOf(actor), id);
}

/** A page of a merchant's endpoints, newest first. */
export async function readEndpoints(
  gateway: Gateway,
  filter: { readonly merchantId: string; readonly startingAfter: string | null; readonly limit: number },
): Promise<Page<Endpoint>> {
  const found = await listEndpoints(gateway.db, { ...filter, limit: filter.limit + 1 });
  return pageOf(found, filter.limit, (endpoint) => endpoint);
}

const time = (date: Date | null) => date?.toISOString() ?? null;

/** A delivery as the API shows it. */
export function deliveryView(delivery: StoredDelivery): WebhookDeliveryView {
  return {
    id: delivery.id,
    object: "webhook_delivery",
    event: delivery.eventId,
    event_type: delivery.eventType,
    payment: delivery.paymentId,
    collection: delivery.collectionId,
    webhook_endpoint: delivery.endpointId,
    url: delivery.url,
    format: delivery.format,
    status: delivery.status,
    attempt_count: delivery.attemptCount,
    next_attempt_at: time(delivery.nextAttemptAt),
    last_attempt_at: time(delivery.lastAttemptAt),
    last_outcome: delivery.lastOutcome,
    last_status: delivery.lastStatus,
    last_message: delivery.lastMessage,
    created_at: delivery.createdAt.toISOString(),
    delivered_at: time(delivery.deliveredAt),
  };
}

function attemptView(attempt: StoredAttempt): DeliveryAttemptView {
  return {
    id: attempt.id,
    number: attempt.number,
    url: attempt.url,
    started_at: attempt.startedAt.toISOString(),
    duration_ms: attempt.durationMs,
    outcome: attempt.outcome,
    message: attempt.message,
    status: attempt.status,
    answer: attempt.answer,
    answer_truncated: attempt.answerTruncated,
    retry_after: attempt.retryAfterS,
  };
}

/**
 * What is posted. Timestamp and signature differ at every attempt and are left out, as is what the wire protocol encrypts:
 * whoever may read a delivery must not be able to send it in our name.
 */
async function requestOf(gateway: Gateway, delivery: StoredDelivery): Promise<FullDeliveryView["request"]> {
  const { url, payload } = delivery;
  if (payload !== null) {
    const body = isWhole(payload) ? new URLSearchParams(plainWireFields(payload)).toString() : "";
    return { method: "POST", url, headers: { "content-type": "application/x-www-form-urlencoded" }, body };
  }
  const headers = { "content-type": "application/json", "webhook-id": delivery.eventId };
  return { method: "POST", url, headers, body: eventText(await eventBehind(gateway.db, delivery.eventId)) };
}

/** One delivery with what is sent and its attempts; undefined alike for what does not exist and what is out of reach. */
export async function readDelivery(
  gateway: Gateway,
  reach: DeliveryReach,
  id: string,
): Promise<FullDeliveryView | undefined> {
  const found = await findDelivery(gateway.db, reach, id);
  if (found === undefined) return undefined;
  const attempts = (await attemptsAt(gateway.db, reach.merchantId, found)).map(attemptView);
  return { ...deliveryView(found), request: await requestOf(gateway, found), attempts };
}

/** A page of deliveries, newest first. */
export async function readDeliveries(gateway: Gateway, filter: DeliveryFilter): Promise<Page<WebhookDeliveryView>> {
  return pageOf(await listDeliveries(gateway.db, { ...filter, limit: filter.limit + 1 }), filter.limit, deliveryView);
}
