import type { Queryable, RunStatement, Writer } from "../db/db.ts";
import { sqlStateOf } from "../seams/database-unavailable.ts";
import type { Seal } from "../seams/seal.ts";
import { sealPurposes } from "../seams/seal.ts";
import type { CallRecord, KeyedCall, NewRecord } from "./call-record.ts";

type Identity = Pick<KeyedCall, "merchantId" | "collectionId" | "key">;
const identityOf = (call: Identity) => [call.merchantId, call.collectionId, call.key] as const;
const ofCall = "merchant_id = $1 and collection_id = $2 and idempotency_key = $3";

interface StoredRecord {
  readonly route: string;
  readonly fingerprint: Buffer;
  readonly requestId: string;
  readonly createdAt: Date;
  readonly leaseUntil: Date | null;
  readonly status: number | null;
  readonly mediaType: string | null;
  readonly body: string | null;
  readonly sealed: Buffer | null;
}

function recordOf(row: StoredRecord, seal: Seal): CallRecord {
  const { route, fingerprint, requestId, createdAt, leaseUntil, status, mediaType } = row;
  const body = row.sealed === null ? row.body : seal.open(row.sealed, sealPurposes.keptAnswer).toString("utf8");
  const answer = status === null || mediaType === null || body === null ? null : { status, mediaType, body };
  return { route, fingerprint, requestId, createdAt, leaseUntil, answer };
}

/** What there is under a call's key. */
export async function findRecord(db: Queryable, seal: Seal, call: Identity): Promise<CallRecord | undefined> {
  const rows = await db.query<StoredRecord>(
    `select route, fingerprint, request_id as "requestId", created_at as "createdAt", lease_until as "leaseUntil", status,
       media_type as "mediaType", body, body_sealed as sealed
     from idempotency_records where ${ofCall}`,
    identityOf(call),
  );
  return rows[0] === undefined ? undefined : recordOf(rows[0], seal);
}

/** A claim that is not free, or not yet: another transaction has taken it and has not ended. */
export class ClaimHeld extends Error {}

/** SQLSTATE lock_not_available. */
const lockNotAvailable = "55P03";

/**
 * Takes a key for a call: a key that nobody has used, or that the same call has used and, being past its lease, has left
 * behind without an answer. False when there is another record. A claim in a transaction is seen by nobody until that
 * commits; whoever wants the same key waits for it.
 * @param patienceMs how long to wait for another's transaction: a whole number, from 1
 * @throws ClaimHeld when that was not long enough
 */
export async function claimKey(
  write: RunStatement,
  call: KeyedCall,
  lease: { readonly now: Date; readonly until: Date },
  patienceMs: number,
): Promise<boolean> {
  try {
    const rows = await write(
      `insert into idempotency_records as r (merchant_id, collection_id, idempotency_key, route, fingerprint, request_id,
         created_at, lease_until)
       select $1, $2, $3, $4, $5, $6, $7, $8
       from (select set_config('lock_timeout', $9, true) as patience) p where p.patience is not null
       on conflict (merchant_id, collection_id, idempotency_key) do update
         set request_id = excluded.request_id, lease_until = excluded.lease_until
         where r.status is null and r.lease_until <= $10 and r.route = excluded.route and r.fingerprint = excluded.fingerprint
       returning 1 as claimed`,
      [
        ...identityOf(call),
        call.route,
        call.fingerprint,
        call.requestId,
        call.at,
        lease.until,
        String(patienceMs),
        lease.now,
      ],
    );
    return rows.length === 1;
  } catch (error) {
    if (sqlStateOf(error) === lockNotAvailable) throw new ClaimHeld("the key is taken", { cause: error });
    throw error;
  }
}

/** Lets the rest of a transaction wait for locks as it otherwise would. */
export async function forgetPatience(db: Queryable): Promise<void> {
  await db.query("select set_config('lock_timeout', '0', true)");
}

/** Keeps the answer of a call that holds the claim; false when the claim has passed to another. */
export async function keepAnswer(write: RunStatement, record: NewRecord): Promise<boolean> {
  const { call, answer, sealed } = record;
  const rows = await write(
    `update idempotency_records set status = $5, media_type = $6, body = $7, body_sealed = $8, lease_until = null
     where ${ofCall} and request_id = $4 and status is null returning 1 as kept`,
    [
      ...identityOf(call),
      call.requestId,
      answer.status,
      answer.mediaType,
      sealed === null ? answer.body : null,
      sealed,
    ],
  );
  return rows.length === 1;
}

/** Gives a claim up, as if the call had never come. */
export async function releaseKey(db: Writer, call: KeyedCall): Promise<void> {
  await db.write(
    "idempotency.release",
    `delete from idempotency_records where ${ofCall} and request_id = $4 and status is null`,
    [...identityOf(call), call.requestId],
  );
}

/** Removes the oldest records, a batch at a time. Returns how many went. */
export async function deleteOlderRecords(db: Writer, olderThan: Date, batch: number): Promise<number> {
  const rows = await db.write<{ count: number }>(
    "idempotency.reap",
    `with gone as (
       delete from idempotency_records where (merchant_id, collection_id, idempotency_key) in
         (select merchant_id, collection_id, idempotency_key from idempotency_records
          where created_at < $1 order by created_at limit $2 for update skip locked)
       returning 1)
     select count(*) as count from gone`,
    [olderThan, batch],
  );
  return rows[0]?.count ?? 0;
}
