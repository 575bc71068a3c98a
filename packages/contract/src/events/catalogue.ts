import { accountEvents } from "./account-events.ts";
import { bankEvents } from "./bank-events.ts";
import type { CallbackFormat, EventEntry } from "./entry.ts";
import { paymentEvents } from "./payment-events.ts";

/**
 * Every event that the gateway records. An event is written in the same transaction as the fact that it tells. A type,
 * once published, never changes its meaning; members may be added to what it carries.
 */
export const eventCatalogue = { ...paymentEvents, ...bankEvents, ...accountEvents };

export type EventType = keyof typeof eventCatalogue;
export const eventTypes = Object.keys(eventCatalogue) as readonly EventType[];

export type PaymentEventType = keyof typeof paymentEvents;
export type BankEventType = keyof typeof bankEvents;
export type AccountEventType = keyof typeof accountEvents;

/** What an event of that type carries in `data`. */
export type EventData<T extends EventType> = (typeof eventCatalogue)[T] extends EventEntry<infer Data> ? Data : never;

/** The catalogue's entry for a type. */
export function eventEntry(type: EventType): EventEntry {
  return eventCatalogue[type];
}

const groupOf = (type: string) => `${type.slice(0, type.indexOf("."))}.*`;

/** Sent only to the endpoint that is tested, so nobody subscribes to it. */
const unsubscribable: readonly EventType[] = ["webhook_endpoint.test"];

/** What an endpoint can be subscribed to: types, the groups that they form, and everything. */
export const subscribable: readonly string[] = [
  "*",
  ...new Set(eventTypes.map(groupOf)),
  ...eventTypes.filter((type) => !unsubscribable.includes(type)),
];

/** The words in an endpoint's subscription that take in an event of that type. */
export function subscriptionsTo(type: EventType): readonly string[] {
  return unsubscribable.includes(type) ? [] : ["*", groupOf(type), type];
}

/** Whether a payment's callback address of that form is told of such an event. */
export function isTold(type: EventType, format: CallbackFormat): boolean {
  return eventEntry(type).callbacks.includes(format);
}
