import { type EventType, isTold, subscriptionsTo } from "@kineticpay/contract/events/catalogue";
import type { CallbackFormat } from "@kineticpay/contract/events/entry";
import { newId } from "@kineticpay/contract/ids";
import type { Tx } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";
import { fanOutText } from "./fan-out.ts";
import { laneOf } from "./lane.ts";
import type { WirePayload } from "./wire-callback.ts";

/** The callback address of a payment, in the form that its shop reads. */
export type Callback =
  | { readonly format: "v2"; readonly url: string }
  | { readonly format: "wire"; readonly url: string; readonly payload: WirePayload };

/** Something that happened. */
export interface NewEvent {
  readonly type: EventType;
  /** Null for what happens in the bank network: such an event is nobody's, and anybody may read it. */
  readonly merchantId: string | null;
  readonly collectionId: string | null;
  /** The payment that it is about, and its position among the events of that payment, from 1. */
  readonly payment?: { readonly id: string; readonly sequence: number; readonly attemptId: string | null };
  /** What it is about as it is after the change. No secret may be in it: it is shown, kept and sent. */
  readonly data: unknown;
  readonly callback?: Callback | undefined;
  /** An endpoint that is told whatever it is subscribed to. */
  readonly endpointId?: string;
}

/** What recording an event needs; an operator's command has it as well as the gateway. */
export type Recorder = Pick<Gateway, "clock" | "random">;

/** An event, and what it owes to its payment's callback address, as a row of JSON for `eventsText`. */
export function eventRow(recorder: Recorder, event: NewEvent) {
  const now = recorder.clock.now();
  const idOf = (kind: "event" | "delivery") => newId(kind, now.getTime(), recorder.random.bytes(10));
  const { payment } = event;
  const id = idOf("event");
  const callback =
    event.callback !== undefined && isTold(event.type, event.callback.format) ? event.callback : undefined;
  return {
    id,
    merchant_id: event.merchantId,
    collection_id: event.collectionId,
    payment_id: payment?.id ?? null,
    sequence: payment?.sequence ?? null,
    attempt_id: payment?.attemptId ?? null,
    type: event.type,
    data: event.data,
    created_at: now,
    delivery_id: callback === undefined ? null : idOf("delivery"),
    lane: callback === undefined ? null : laneOf(event.merchantId ?? "", callback.url),
    format: callback?.format ?? ("v2" satisfies CallbackFormat),
    url: callback?.url ?? null,
    payload: callback?.format === "wire" ? callback.payload : null,
    heard_as: subscriptionsTo(event.type),
    heard_by: event.endpointId ?? null,
  };
}

/** What an `eventsText` owes to anybody, in the statement that it is a part of: how many deliveries it planned. */
export const owedText = "((select count(*) from called) + (select count(*) from fanned))::integer";

/**
 * The parts of a statement that write events and every delivery that they cause.
 * @param rows what follows `from` and gives rows of `eventRow`; its last item is a function that reads records from JSON
 * @param whose events they all are: each its merchant's, or all everybody's
 */
export function eventsText(rows: string, whose: "own" | "everybody"): string {
  return `event as materialized (
      select event.* from ${rows} as event (id text, merchant_id text, collection_id text, payment_id text, sequence integer,
        attempt_id text, type text, data json, created_at timestamptz, delivery_id text, lane text, format text, url text,
        payload jsonb, heard_as text[], heard_by text)
    ), recorded as (
      insert into events (id, merchant_id, collection_id, payment_id, sequence, attempt_id, type, data, created_at)
      select id, merchant_id, collection_id, payment_id, sequence, attempt_id, type, data, created_at from event
    ), called as (
      insert into deliveries (id, merchant_id, collection_id, payment_id, event_id, lane, format, url, payload, status,
        next_attempt_at, created_at)
      select delivery_id, merchant_id, collection_id, payment_id, id, lane, format, url, payload, 'pending', created_at,
        created_at
      from event where delivery_id is not null returning event_id
    ), fanned as (${fanOutText(whose, "w.event_types && event.heard_as or w.id = event.heard_by")})`;
}

const textOf = (whose: "own" | "everybody") =>
  `with ${eventsText("json_to_recordset($1::json)", whose)} select id from event`;
const texts = { own: textOf("own"), everybody: textOf("everybody") } as const;

/**
 * Writes an event and every delivery that it causes, in one statement and in the transaction of the change that it tells.
 * @returns the event's id
 */
export async function recordEvent(recorder: Recorder, tx: Tx, event: NewEvent): Promise<string> {
  const row = eventRow(recorder, event);
  await tx.query(texts[event.merchantId === null ? "everybody" : "own"], [JSON.stringify([row])]);
  return row.id;
}
