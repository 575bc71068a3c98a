import type { Tx } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";
import type { ChainHead } from "./chain-head.ts";
import { bookingText, noHash, sealHash } from "./sealed-text.ts";

type Parts = Pick<Gateway, "db" | "clock">;

const batchSize = 1_000;
// Any number will do, as long as nothing else in the database locks the same one.
const sealerLock = 4_015_727_303;

interface Waiting {
  readonly id: string;
  readonly merchant_id: string;
  readonly booking: string;
}

const waitingBookings = `
  select t.id, t.merchant_id, ${bookingText("t", "p")} as booking
  from (select transaction_id from ledger_unsealed order by transaction_id limit $1) due
  join ledger_transactions t on t.id = due.transaction_id left join ledger_postings p on p.transaction_id = t.id
  group by t.id order by t.id`;

const lastSeals = `
  select s.merchant_id, s.number, encode(s.hash, 'hex') as hash
  from unnest($1::text[]) as wanted (merchant_id),
    lateral (select * from ledger_seals where merchant_id = wanted.merchant_id order by number desc limit 1) s`;

const writeSeals = `
  with seal as (
    select * from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[])
      as seal (merchant_id, number, transaction_id, previous_hash, hash)
  ), gone as (delete from ledger_unsealed where transaction_id in (select transaction_id from seal))
  insert into ledger_seals (merchant_id, number, transaction_id, previous_hash, hash, sealed_at)
  select merchant_id, number, transaction_id, decode(previous_hash, 'hex'), decode(hash, 'hex'), $6 from seal`;

async function sealBatch(tx: Tx, sealedAt: Date): Promise<number> {
  const waiting = await tx.query<Waiting>(waitingBookings, [batchSize]);
  if (waiting.length === 0) return 0;
  const merchants = [...new Set(waiting.map((each) => each.merchant_id))];
  const heads = new Map((await tx.query<ChainHead>(lastSeals, [merchants])).map((head) => [head.merchant_id, head]));
  const seals = waiting.map(({ id, merchant_id: merchantId, booking }) => {
    const head = heads.get(merchantId);
    const number = (head?.number ?? 0) + 1;
    const previousHash = head?.hash ?? noHash;
    const hash = sealHash({ previousHash, merchantId, number, sealedAt }, booking);
    heads.set(merchantId, { merchant_id: merchantId, number, hash });
    return { merchantId, number, id, previousHash, hash };
  });
  await tx.query(writeSeals, [
    seals.map((seal) => seal.merchantId),
    seals.map((seal) => seal.number),
    seals.map((seal) => seal.id),
    seals.map((seal) => seal.previousHash),
    seals.map((seal) => seal.hash),
    sealedAt,
  ]);
  return seals.length;
}

/**
 * Seals bookings that have been committed, each once, into the chains of their merchants. Nobody who books waits for it.
 * One process does it at a time; what it leaves undone when it dies, the next run does.
 * @returns the size of a full batch, which may not have been the last; otherwise 0
 */
export async function sealBookings(gateway: Parts): Promise<number> {
  const sealed = await gateway.db.transaction("ledger.seal", async (tx) => {
    const [lock] = await tx.query<{ ours: boolean }>("select pg_try_advisory_xact_lock($1) as ours", [sealerLock]);
    // Only now, so that the heads that are read are those of whoever held the lock before.
    return lock?.ours === true ? sealBatch(tx, gateway.clock.now()) : 0;
  });
  return sealed === batchSize ? sealed : 0;
}
