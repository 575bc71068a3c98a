import { literal, nullable, object, type Schema, string } from "../json-schema.ts";
import { type EventData, type EventType, eventEntry } from "./catalogue.ts";

/** An event as the API shows it and as endpoints are sent it, byte for byte the same at every attempt. */
export interface EventView<T extends EventType = EventType> {
  readonly id: string;
  readonly object: "event";
  readonly type: T;
  readonly created_at: string;
  /** Position among the events of its payment, from 1; null for events that are not about a payment. */
  readonly sequence: number | null;
  readonly payment: string | null;
  /** The attempt that it is about, if it is about one. */
  readonly attempt: string | null;
  /** Null for what concerns the merchant as a whole, or every merchant. */
  readonly collection: string | null;
  readonly data: EventData<T>;
}

/** Any event; `type` tells what `data` is. */
export type AnyEvent = { readonly [T in EventType]: EventView<T> }[EventType];

/** The members of an event, whatever its type. */
export function eventProperties(type: Schema, data: Schema): Readonly<Record<string, Schema>> {
  return {
    id: string(),
    object: literal("event"),
    type,
    created_at: string(),
    sequence: nullable("integer"),
    payment: nullable("string"),
    attempt: nullable("string"),
    collection: nullable("string"),
    data,
  };
}

/** The JSON Schema of the events of one type, whole. */
export function eventSchema(type: EventType): Schema {
  const { schema, summary } = eventEntry(type);
  return object(eventProperties(literal(type), schema), { description: summary });
}

/** A whole event of that type, as an endpoint would be sent it. */
export function exampleEvent(type: EventType): EventView {
  const { example, audience } = eventEntry(type);
  const data = example as { readonly id: string; readonly collection?: string | null; readonly attempts?: unknown };
  const isPayment = audience === "collection";
  const attempts = (data.attempts ?? []) as readonly { readonly id: string }[];
  const isCollection = type.startsWith("collection.");
  return {
    id: "evt_01KG9Q2YD0H4M8R2V6Y1B5F9KT",
    object: "event",
    type,
    created_at: "2026-01-31T04:01:30.000Z",
    sequence: isPayment ? (type === "payment.created" ? 1 : 3) : null,
    payment: isPayment ? data.id : null,
    attempt: attempts.at(-1)?.id ?? null,
    collection: isCollection ? data.id : (data.collection ?? null),
    data: example as never,
  };
}
