import type { Tx } from "../db/db.ts";
import { deliveryIdText, plannedColumns } from "./fan-out.ts";

/** What plans a delivery from the beginning, with the whole schedule before it. One that is under way keeps its lease. */
const anew = "status = 'pending', round_count = 0";

/** Plans one delivery anew, for now. It must be locked. */
export async function planAnew(tx: Tx, merchantId: string, id: string, now: Date): Promise<void> {
  const text = `update deliveries set ${anew}, next_attempt_at = $3 where merchant_id = $1 and id = $2`;
  await tx.query(text, [merchantId, id, now]);
}

/**
 * Plans failed deliveries to an endpoint anew, the oldest first.
 * @param fromId the first id that could have been made at the time from which to recover
 * @returns how many
 */
export async function planFailedAnew(
  tx: Tx,
  endpoint: { readonly id: string; readonly merchantId: string },
  fromId: string,
  limit: number,
  now: Date,
): Promise<number> {
  const rows = await tx.query(
    `update deliveries d set ${anew}, next_attempt_at = $5
     where d.merchant_id = $1 and d.id in (select id from deliveries
       where merchant_id = $1 and endpoint_id = $2 and status = 'failed' and id >= $3 order by id limit $4 for update skip locked)
     returning 1`,
    [endpoint.merchantId, endpoint.id, fromId, limit, now],
  );
  return rows.length;
}

/** A stretch of events, by their ids. */
export interface Stretch {
  readonly fromId: string;
  /** The first id that is not meant any more. */
  readonly toId: string;
  /** Where an earlier replay of the same stretch ended; empty to begin. */
  readonly afterId: string;
  readonly limit: number;
  /** True to leave alone what was planned for the endpoint before, whatever became of it. */
  readonly onlyMissing: boolean;
}

export interface Replayed {
  /** Deliveries that are due now. */
  readonly queued: number;
  /** Events that were looked at. */
  readonly looked: number;
  readonly lastId: string | null;
}

const heard = `e.id >= $3 and e.id < $4 and e.id > $5 and e.type <> 'webhook_endpoint.test'
  and $8::text[] && array['*', split_part(e.type, '.', 1) || '.*', e.type]
  and ($9::text is null or e.collection_id is null or e.collection_id = $9)
  order by e.id limit $6`;
const found = (owner: string) =>
  `(select e.id, e.payment_id, e.collection_id from events e where ${owner} and ${heard})`;

const replayText = `
  with chosen as (
    select * from (${found("e.merchant_id = $1")} union all ${found("e.merchant_id is null")}) both_kinds order by id limit $6
  ), made as (
    insert into deliveries (${plannedColumns})
    select ${deliveryIdText("chosen.id", "$2::text")}, $1, chosen.collection_id, chosen.payment_id, chosen.id, $2, $2, 'v2',
      'pending', $7::timestamptz, $7
    from chosen on conflict do nothing returning 1
  ), again as (
    update deliveries d set ${anew}, next_attempt_at = $7 from chosen
    where d.merchant_id = $1 and d.id = ${deliveryIdText("chosen.id", "$2::text")}
      and d.event_id = chosen.id and d.endpoint_id = $2 and d.status <> 'pending' and not $10::boolean returning 1
  )
  select (select count(*) from made) + (select count(*) from again) as queued,
    (select count(*) from chosen) as looked, (select max(id) from chosen) as "lastId"`;

/** Plans what happened in a stretch of time for an endpoint that hears of it, as if it happened now. */
export async function planReplay(
  tx: Tx,
  endpoint: {
    readonly id: string;
    readonly merchantId: string;
    readonly collectionId: string | null;
    readonly eventTypes: readonly string[];
  },
  stretch: Stretch,
  now: Date,
): Promise<Replayed> {
  const [replayed] = await tx.query<Replayed>(replayText, [
    endpoint.merchantId,
    endpoint.id,
    stretch.fromId,
    stretch.toId,
    stretch.afterId,
    stretch.limit,
    now,
    endpoint.eventTypes,
    endpoint.collectionId,
    stretch.onlyMissing,
  ]);
  if (replayed === undefined) throw new Error("a replay gave no answer");
  return replayed;
}

/** Whether a later outcome of the payment has been planned for a shop that believes what came last. */
export async function isSuperseded(tx: Tx, delivery: { paymentId: string | null; sequence: number | null }) {
  const rows = await tx.query(
    `select 1 from deliveries later join events e on e.id = later.event_id
     where later.payment_id = $1 and later.format = 'wire' and e.sequence > $2 limit 1`,
    [delivery.paymentId, delivery.sequence],
  );
  return rows.length > 0;
}
