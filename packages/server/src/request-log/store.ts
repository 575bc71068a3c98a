import type { Queryable, Writer } from "../db/db.ts";
import type { LogRow } from "./logged-call.ts";

const columns = `id, merchant_id, collection_id, key_id, key_hint, address, protocol, method, route, path, query, status,
  code, duration_ms, request_body, answer_body, created_at`;

/**
 * Writes a batch in one statement. It does not wait for the disk: a crash may cost the log its last moments, and payments
 * keep the disk to themselves. A call that was refused before its key's owner was established finds the owner here; one that
 * has none goes to a table that is kept for less long.
 */
const insertText = `
  with call as (
  select r.id, coalesce(r.merchant_id, k.merchant_id) as merchant_id, coalesce(r.collection_id, k.collection_id) as collection_id,
    coalesce(r.key_id, k.id) as key_id, r.key_hint, r.address, r.protocol, r.method, r.route, r.path, r.query, r.status, r.code,
    r.duration_ms, case when r.merchant_id is null and k.id is null then null else r.request_body end as request_body,
    r.answer_body, r.created_at
  from (select set_config('synchronous_commit', 'off', true) as set) s
  cross join jsonb_to_recordset($1::jsonb) as r (id text, merchant_id text, collection_id text, key_id text, key_hint text,
    key_hash text, key_kind text, address text, protocol text, method text, route text, path text, query jsonb,
    status smallint, code text, duration_ms real, request_body jsonb, answer_body jsonb, created_at timestamptz)
  left join api_keys k on r.key_hash is not null and k.hash = decode(r.key_hash, 'hex') and k.kind = r.key_kind
  where s.set is not null
  ), strangers as (
    insert into request_log_of_strangers (${columns}) select ${columns} from call where merchant_id is null on conflict do nothing)
  insert into request_log (${columns}) select ${columns} from call where merchant_id is not null on conflict do nothing`;

export async function insertRows(db: Writer, rows: readonly LogRow[]): Promise<void> {
  // Postgres has no place for a NUL, and it is the one character that would fail a whole batch.
  const text = JSON.stringify(rows).replaceAll("\\u0000", "\\ufffd");
  await db.write("request_log.write", insertText, [text]);
}

/** A row as it is read. */
export interface StoredCall {
  readonly id: string;
  readonly collection_id: string | null;
  readonly merchant_id: string | null;
  readonly key_id: string | null;
  readonly key_hint: string;
  readonly address: string;
  readonly protocol: "v2" | "wire";
  readonly method: string;
  readonly route: string;
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>> | string;
  readonly status: number;
  readonly code: string;
  readonly duration_ms: number;
  readonly request_body: unknown;
  readonly answer_body: unknown;
  readonly created_at: Date;
}

/** Whose calls may be read: one collection's, or with null all of the merchant's. */
export interface Reach {
  readonly merchantId: string;
  readonly collectionId: string | null;
}

export async function findCall(db: Queryable, reach: Reach, id: string): Promise<StoredCall | undefined> {
  const rows = await db.query<StoredCall>(
    `select ${columns} from request_log
     where id = $1 and merchant_id = $2 and ($3::text is null or collection_id = $3)`,
    [id, reach.merchantId, reach.collectionId],
  );
  return rows[0];
}

/** A call that is nobody's; its id was told to its caller alone. */
export async function findStrangersCall(db: Queryable, id: string): Promise<StoredCall | undefined> {
  const rows = await db.query<StoredCall>(`select ${columns} from request_log_of_strangers where id = $1`, [id]);
  return rows[0];
}

export interface CallFilter extends Reach {
  readonly limit: number;
  readonly startingAfter: string | null;
  readonly status: number | null;
  readonly code: string | null;
  readonly route: string | null;
  readonly keyId: string | null;
  readonly createdAfter: Date | null;
  readonly createdBefore: Date | null;
}

/** A page of calls, newest first. */
export function listCalls(db: Queryable, filter: CallFilter): Promise<StoredCall[]> {
  const values: unknown[] = [filter.merchantId];
  const where = ["merchant_id = $1"];
  const add = (condition: string, value: unknown) => {
    if (value === null) return;
    values.push(value);
    where.push(`${condition} $${values.length}`);
  };
  add("collection_id =", filter.collectionId);
  add("id <", filter.startingAfter);
  // Said outright, the index of failures can serve.
  if ((filter.status !== null && filter.status !== 200) || filter.code !== null) where.push("status <> 200");
  add("status =", filter.status);
  add("code =", filter.code);
  add("route =", filter.route);
  add("key_id =", filter.keyId);
  add("created_at >", filter.createdAfter);
  add("created_at <", filter.createdBefore);
  values.push(filter.limit);
  return db.query<StoredCall>(
    `select ${columns} from request_log where ${where.join(" and ")} order by id desc limit $${values.length}`,
    values,
  );
}
