import type { Tx } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";
import { type ChainHead, readHeads } from "../ledger/chain-head.ts";
import { type Proof, prove } from "./prove.ts";

/** What was proved, of how much, and what vouches for it from now on. */
export interface Report extends Proof {
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly counts: Readonly<Record<string, number>>;
  /** All faults of all checks, more than are told. */
  readonly faultCount: number;
  /** The newest seals; kept elsewhere, they show later that nothing before them was cut off or written anew. */
  readonly heads: readonly ChainHead[];
}

type Parts = Pick<Gateway, "db" | "clock">;

const counted = ["payments", "attempts", "ledger_transactions", "ledger_postings", "ledger_seals", "events"] as const;
// Any number will do, as long as nothing else in the database locks the same one.
const verifierLock = 4_015_727_304;

/**
 * All statements see the database as it was at one moment, however much is written meanwhile, and no writer waits for
 * them. Only partitions are kept from coming and going: the catalogue tells of those at once, and their record not before
 * the next snapshot. They may take more memory than an ordinary call.
 */
const snapshot = [
  "set transaction isolation level repeatable read, read only",
  "lock table events, deliveries, delivery_attempts in access share mode",
  "set local work_mem = '64MB'",
];

const patience = { statementMs: 10 * 60_000 };

async function count(tx: Tx): Promise<Record<string, number>> {
  const columns = counted.map((table) => `(select count(*) from ${table}) as ${table}`);
  const [row] = await tx.query<Record<string, number>>(`select ${columns.join(", ")}`);
  return row ?? {};
}

/**
 * Proves every invariant on the database as it is, while the gateway goes on.
 * @param options.heads newest seals of an earlier time, which must still be there
 */
export async function verify(gateway: Parts, options?: { readonly heads?: readonly ChainHead[] }): Promise<Report>;
/** The same, unless another process is at it: then undefined. */
export async function verify(gateway: Parts, options: { readonly alone: true }): Promise<Report | undefined>;
export async function verify(
  gateway: Parts,
  options: { readonly heads?: readonly ChainHead[]; readonly alone?: true } = {},
): Promise<Report | undefined> {
  const startedAt = gateway.clock.now();
  const started = performance.now();
  return gateway.db.transaction(
    "verify.prove",
    async (tx) => {
      for (const statement of snapshot) await tx.query(statement);
      if (options.alone === true) {
        const [lock] = await tx.query<{ ours: boolean }>("select pg_try_advisory_xact_lock($1) as ours", [
          verifierLock,
        ]);
        if (lock?.ours !== true) return undefined;
      }
      const proof = await prove(tx, startedAt, options.heads ?? []);
      const report = { counts: await count(tx), heads: await readHeads(tx) };
      const faultCount = proof.results.reduce((sum, result) => sum + result.faultCount, 0);
      return { ...proof, ...report, faultCount, startedAt, durationMs: Math.round(performance.now() - started) };
    },
    patience,
  );
}
