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

function recordText(whose: "own" | "everybody"): string {
  return `with event as (
      insert into events (id, merchant_id, collection_id, payment_id, sequence, attempt_id, type, data, created_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
      returning id, merchant_id, collection_id, payment_id, created_at
    ), called as (
      insert into deliveries (id, merchant_id, collection_id, payment_id, event_id, lane, format, url, payload, status,
        next_attempt_at, created_at)
      select $10, merchant_id, collection_id, payment_id, id, $11, $12, $13, $14::jsonb, 'pending', created_at, created_at
      from event where $10::text is not null
    ), fanned as (${fanOutText(whose, "w.event_types && $15::text[] or w.id = $16::text")})
    select id from event`;
}

const texts = { own: recordText("own"), everybody: recordText("everybody") } as const;

/**
 * Writes an event and every delivery that it causes, in one statement and in the transaction of the change that it tells.
 * @returns the event's id
 */
export async function recordEvent(recorder: Recorder, tx: Tx, event: NewEvent): Promise<string> {
  const now = recorder.clock.now();
  const idOf = (kind: "event" | "delivery") => newId(kind, now.getTime(), recorder.random.bytes(10));
  const id = idOf("event");
  const { payment } = event;
  const callback =
    event.callback !== undefined && isTold(event.type, event.callback.format) ? event.callback : undefined;
  await tx.query(texts[event.merchantId === null ? "everybody" : "own"], [
    id,
    event.merchantId,
    event.collectionId,
    payment?.id ?? null,
    payment?.sequence ?? null,
    payment?.attemptId ?? null,
    event.type,
    JSON.stringify(event.data),
    now,
    callback === undefined ? null : idOf("delivery"),
    callback === undefined ? null : laneOf(event.merchantId ?? "", callback.url),
    callback?.format ?? ("v2" satisfies CallbackFormat),
    callback?.url ?? null,
    callback?.format === "wire" ? JSON.stringify(callback.payload) : null,
    [...subscriptionsTo(event.type)],
    event.endpointId ?? null,
  ]);
  return id;
}
