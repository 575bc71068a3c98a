import { createHash } from "node:crypto";
import type { ErrorCode } from "@kineticpay/contract/errors/catalogue";
import { isId, newId } from "@kineticpay/contract/ids";
import type { Gateway } from "../gateway.ts";
import type { Fault } from "./fault.ts";

/** The most rules that a collection may have at a time. */
export const mostRules = 50;

/** A fault that strikes calls of one collection by itself until it is removed or used up. */
export interface FaultRule extends Fault {
  readonly id: string;
  readonly merchantId: string;
  readonly collectionId: string;
  readonly keyId: string | null;
  readonly method: string | null;
  readonly route: string | null;
  readonly share: number;
  readonly seed: number;
  readonly mostHits: number | null;
  readonly seen: number;
  readonly hits: number;
  readonly createdAt: Date;
}

export type NewFaultRule = Omit<FaultRule, "id" | "seen" | "hits" | "createdAt">;

const columns = `id, merchant_id as "merchantId", collection_id as "collectionId", key_id as "keyId", method, route, code,
  delay_ms as "delayMs", after_commit as "afterCommit", drop_connection as "drop", half_answer as "half", share, seed,
  most_hits as "mostHits", seen, hits, created_at as "createdAt"`;

type Row = Omit<FaultRule, "code"> & { readonly code: ErrorCode | null };
const ruleOf = (row: Row): FaultRule => ({ ...row, code: row.code ?? undefined });

/** Adds a rule; undefined when the collection has as many as it may. */
export async function createRule(gateway: Gateway, rule: NewFaultRule): Promise<FaultRule | undefined> {
  const now = gateway.clock.now();
  const id = newId("fault", now.getTime(), gateway.random.bytes(10));
  const rows = await gateway.db.write<Row>(
    "faults.create",
    `insert into fault_rules (id, merchant_id, collection_id, key_id, method, route, code, delay_ms, after_commit,
       drop_connection, half_answer, share, seed, most_hits, created_at)
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15
     where (select count(*) from fault_rules where collection_id = $3) < $16
     returning ${columns}`,
    [
      id,
      rule.merchantId,
      rule.collectionId,
      rule.keyId,
      rule.method,
      rule.route,
      rule.code ?? null,
      rule.delayMs,
      rule.afterCommit,
      rule.drop,
      rule.half,
      rule.share,
      rule.seed,
      rule.mostHits,
      now,
      mostRules,
    ],
  );
  return rows[0] === undefined ? undefined : ruleOf(rows[0]);
}

/** A collection's rules, in the order in which they are tried. */
export async function listRules(gateway: Gateway, collectionId: string): Promise<FaultRule[]> {
  const rows = await gateway.db.query<Row>(
    `select ${columns} from fault_rules where collection_id = $1 order by id limit ${mostRules}`,
    [collectionId],
  );
  return rows.map(ruleOf);
}

/** The rules of all collections: there are few, and most calls then need no statement to know that none is theirs. */
export async function allRules(gateway: Gateway): Promise<FaultRule[]> {
  const rows = await gateway.db.query<Row>(`select ${columns} from fault_rules order by id limit 5000`);
  return rows.map(ruleOf);
}

/** Removes one rule of a collection, or with null all of them. Returns the ids of those that went. */
export async function deleteRules(gateway: Gateway, collectionId: string, id: string | null): Promise<string[]> {
  if (id !== null && !isId("fault", id)) return [];
  const rows = await gateway.db.write<{ id: string }>(
    "faults.delete",
    "delete from fault_rules where collection_id = $1 and ($2::text is null or id = $2) returning id",
    [collectionId, id],
  );
  return rows.map((row) => row.id);
}

/** A number from 0 up to 1 that depends on nothing but the seed and how many calls came before. */
export function chance(seed: number, call: number): number {
  return createHash("sha256").update(`${seed}:${call}`).digest().readUInt32BE(0) / 2 ** 32;
}

/**
 * Whether a rule strikes the call at hand. Calls are numbered in the database, whichever process answers them, so the same
 * seed strikes the same calls of every run.
 */
export async function strikes(gateway: Gateway, rule: FaultRule): Promise<boolean> {
  const seen = await gateway.db.write<{ seen: number }>(
    "faults.count_seen",
    "update fault_rules set seen = seen + 1 where id = $1 and (most_hits is null or hits < most_hits) returning seen",
    [rule.id],
  );
  const call = seen[0]?.seen;
  if (call === undefined || (rule.share < 1 && chance(rule.seed, call) >= rule.share)) return false;
  const hit = await gateway.db.write(
    "faults.count_hit",
    "update fault_rules set hits = hits + 1 where id = $1 and (most_hits is null or hits < most_hits) returning id",
    [rule.id],
  );
  return hit.length > 0;
}
