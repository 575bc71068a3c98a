import type { CallbackFormat } from "@kineticpay/contract/events/entry";
import type { Tx } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";
import { eventColumns, type StoredEvent } from "./event-text.ts";
import type { KeptWirePayload } from "./wire-callback.ts";

/** A delivery that this process may send now, and nobody else until the lease ends. */
export interface LeasedDelivery {
  readonly id: string;
  readonly merchantId: string;
  readonly lane: string;
  readonly endpointId: string | null;
  readonly format: CallbackFormat;
  readonly url: string;
  readonly payload: KeptWirePayload | null;
  readonly attemptCount: number;
  readonly roundCount: number;
  readonly leaseUntil: Date;
  /** A wire-protocol callback that failed before, whose payment has a later outcome to tell. */
  readonly superseded: boolean;
  readonly event: StoredEvent;
  /** Sealed; every one of them signs. */
  readonly secrets: readonly Buffer[];
}

/** Deliveries of one lane under way at once, whichever processes send them. */
export const capacityPerLane = 5;
// Longer than an attempt may take, and no more: after a crash its receiver waits for this before it is told again.
const leaseMs = 20_000;
/** So many lanes are looked at in one go, and the rest in the next. */
const lookahead = 1_000;
/** Tells these advisory locks from others; each is one lane's, and lasts as long as a lease takes to write. */
const laneLocks = 0x6b70;
/** Deliveries to a disabled endpoint that are given up in one go. */
const withheldAtOnce = 500;

/** The oldest delivery that waits: what looks for those that are due need not look into the partitions before it. */
export const oldestText = "select id from deliveries where status = 'pending' order by id limit 1";

/**
 * Lanes, in their order, that have something due and room for it. It leaps from lane to lane along the index, so that one
 * with a hundred thousand deliveries due costs no more than one with a single one. Each is locked until the lease is
 * written: two processes that counted at the same moment would both see the same room. The lease does not wait for the
 * disk: one that a crash of the machine forgets is taken once more, and what it sent is sent again under the same id.
 */
export const lanesText = `
  with recursive lanes as (
    (select lane, 1 as place from deliveries where status = 'pending' and id >= $5 and lane > $1 order by lane limit 1)
    union all
    select next.lane, lanes.place + 1 from lanes cross join lateral
      (select lane from deliveries where status = 'pending' and id >= $5 and lane > lanes.lane order by lane limit 1) next
    where lanes.place < ${lookahead})
  select name, taken, off from (
    select lane as name, place,
      case when ($3::text[] is null or lane = any ($3))
        and (select d.next_attempt_at from deliveries d where d.status = 'pending' and d.id >= $5 and d.lane = lanes.lane
          and (d.lease_until is null or d.lease_until <= $2) order by d.next_attempt_at limit 1) <= $2
        and (select count(*) from deliveries f where f.id >= $5 and f.lane = lanes.lane and f.lease_until > $2) < ${capacityPerLane}
      then pg_try_advisory_xact_lock(${laneLocks}, hashtext(lane)) else false end as taken,
      coalesce((select w.status <> 'enabled' from webhook_endpoints w where w.id = lanes.lane), false) as off
    from lanes) looked
    cross join (select set_config('synchronous_commit', 'off', true)) as relaxed
  where taken or place = ${lookahead}
  limit $4`;

/** What was due at an endpoint that is told nothing any more is given up; it can be recovered. */
const withholdText = `
  update deliveries set status = 'failed', next_attempt_at = null, lease_until = null, last_outcome = 'not_sent',
    last_status = null, last_error = 'the endpoint is disabled'
  where (merchant_id, id) in (
    select merchant_id, id from deliveries where status = 'pending' and lane = any ($1::text[]) and next_attempt_at <= $2
      and (lease_until is null or lease_until <= $2)
    limit ${withheldAtOnce} for update skip locked)
  returning id`;

/**
 * Wire-protocol callbacks carry no sequence number, and their shops believe the one that came last. So those of one
 * payment go out one after the other, and one that failed gives way to a later outcome instead of following it.
 */
export const leaseText = `
  with due as (
    select d.merchant_id, d.id, d.event_id, d.endpoint_id, d.superseded
    from unnest($1::text[]) as lanes (name) cross join lateral (
      select next.*, row_number() over () as place from (
        select d.merchant_id, d.id, d.event_id, d.endpoint_id, d.format = 'wire' and d.attempt_count > 0 and exists (
            select from events e join deliveries later on later.payment_id = d.payment_id and later.format = 'wire'
              join events le on le.id = later.event_id
            where e.id = d.event_id and le.sequence > e.sequence) as superseded
        from deliveries d
        where d.status = 'pending' and d.id >= $5 and d.lane = lanes.name and d.next_attempt_at <= $2
          and (d.lease_until is null or d.lease_until <= $2)
          and not (d.format = 'wire' and exists (
            select from events e join deliveries earlier on earlier.payment_id = d.payment_id and earlier.format = 'wire'
              join events ee on ee.id = earlier.event_id
            where e.id = d.event_id and earlier.status = 'pending' and earlier.id >= $5 and ee.sequence < e.sequence
              and (earlier.attempt_count = 0 or earlier.lease_until > $2)))
        order by d.next_attempt_at, d.id limit ${capacityPerLane} for update of d skip locked) next) d
    where d.place <= ${capacityPerLane} - (select count(*) from deliveries f where f.id >= $5 and f.lane = lanes.name and f.lease_until > $2)
    limit $4)
  update deliveries d set lease_until = $3
  from due join events e on e.id = due.event_id
    left join webhook_endpoints w on w.id = due.endpoint_id
    left join collections c on c.id = e.collection_id
  where d.merchant_id = due.merchant_id and d.id = due.id and d.id >= $5
  returning d.id as delivery_id, d.merchant_id as "merchantId", d.lane, d.endpoint_id as "endpointId", d.format,
    coalesce(w.url, d.url) as url, d.payload, d.attempt_count as "attemptCount", d.round_count as "roundCount",
    d.lease_until as "leaseUntil", due.superseded, ${eventColumns},
    case when d.endpoint_id is null then array[c.signing_secret_sealed] else array(
      select s.sealed from webhook_secrets s
      where s.endpoint_id = d.endpoint_id and (s.valid_until is null or s.valid_until > $2) order by s.number desc)
    end as secrets`;

interface FoundLane {
  readonly name: string;
  readonly taken: boolean;
  readonly off: boolean;
}

export interface LeaseWish {
  /** The lane after which to go on looking; empty for the first of all. */
  readonly after: string;
  readonly room: number;
  /** The lanes that may be taken from; null for all. */
  readonly only: readonly string[] | null;
}

export interface Taken {
  readonly deliveries: readonly LeasedDelivery[];
  /** The lane after which to go on looking; empty when the last one has been looked at. */
  readonly after: string;
  /** True when anything was taken or given up, so that there may be more. */
  readonly isProgress: boolean;
}

type Row = Omit<LeasedDelivery, "id" | "event"> & StoredEvent & { readonly delivery_id: string };

function asLeased(row: Row): LeasedDelivery {
  const { delivery_id: id, merchantId, lane, endpointId, format, url, payload, secrets, superseded, ...rest } = row;
  const { attemptCount, roundCount, leaseUntil, ...event } = rest;
  const counts = { attemptCount, roundCount, leaseUntil };
  return { id, merchantId, lane, endpointId, format, url, payload, secrets, superseded, ...counts, event };
}

/** The lane to go on after: the last one that gave something while there was room, else the last one looked at. */
function nextAfter(lanes: readonly FoundLane[], leased: readonly LeasedDelivery[], wish: LeaseWish): string {
  const isMore = lanes.length === wish.room || lanes.at(-1)?.taken === false;
  const last = lanes.findLastIndex((lane) => leased.some((each) => each.lane === lane.name));
  if (leased.length === wish.room) return lanes[last]?.name ?? "";
  return isMore ? (lanes.at(-1)?.name ?? "") : "";
}

async function take(tx: Tx, now: Date, wish: LeaseWish): Promise<Taken> {
  const [oldest] = await tx.query<{ id: string }>(oldestText);
  if (oldest === undefined) return { deliveries: [], after: "", isProgress: false };
  const lanes = await tx.query<FoundLane>(lanesText, [wish.after, now, wish.only, wish.room, oldest.id]);
  const off = lanes.filter((lane) => lane.taken && lane.off).map((lane) => lane.name);
  const withheld = off.length === 0 ? [] : await tx.query(withholdText, [off, now]);
  const open = lanes.filter((lane) => lane.taken && !lane.off).map((lane) => lane.name);
  const until = new Date(now.getTime() + leaseMs);
  const rows = open.length === 0 ? [] : await tx.query<Row>(leaseText, [open, now, until, wish.room, oldest.id]);
  const deliveries = rows.map(asLeased);
  const isProgress = deliveries.length > 0 || withheld.length > 0;
  return { deliveries, after: nextAfter(lanes, deliveries, wish), isProgress };
}

/**
 * Takes due deliveries from lane after lane, so that no other process takes them until the lease ends. The lease commits
 * before anything is sent: a transaction held open across the network would be held by the slowest receiver.
 */
export function leaseDeliveries(gateway: Gateway, wish: LeaseWish): Promise<Taken> {
  const now = gateway.clock.now();
  return gateway.db.transaction("callbacks.lease", (tx) => take(tx, now, wish));
}
