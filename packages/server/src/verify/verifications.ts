import { newId } from "@kineticpay/contract/ids";
import type { Queryable, Tx } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";
import type { Report } from "./verify.ts";

/** What is known of the books from their last proof. */
export interface Standing {
  readonly startedAt: Date;
  readonly faultCount: number;
}

/** The last proof that was made by anybody; undefined when there was none yet. */
export async function lastVerification(db: Queryable): Promise<Standing | undefined> {
  const rows = await db.query<Standing>(
    `select started_at as "startedAt", fault_count as "faultCount" from verifications order by started_at desc limit 1`,
  );
  return rows[0];
}

/** Keeps what a proof found, and the heads that it saw, which later proofs will look for. */
export async function recordVerification(gateway: Pick<Gateway, "random">, tx: Tx, report: Report): Promise<string> {
  const id = newId("verification", report.startedAt.getTime(), gateway.random.bytes(10));
  await tx.query(
    `insert into verifications (id, started_at, duration_ms, fault_count, faults, counts) values ($1, $2, $3, $4, $5, $6)`,
    [
      id,
      report.startedAt,
      report.durationMs,
      report.faultCount,
      JSON.stringify(report.faults),
      JSON.stringify(report.counts),
    ],
  );
  await tx.query(
    `insert into verified_heads (merchant_id, number, hash, verification_id)
     select merchant_id, number, decode(hash, 'hex'), $2 from jsonb_to_recordset($1::jsonb) as h (merchant_id text, number bigint, hash text)
     on conflict (merchant_id, number) do nothing`,
    [JSON.stringify(report.heads), id],
  );
  return id;
}
