import type { Queryable } from "../db/db.ts";
import type { ChainHead } from "../ledger/chain-head.ts";
import type { Check, Fault } from "./check.ts";
import { fixedChecks } from "./fixed-checks.ts";
import { guardChecks } from "./guard-checks.ts";
import { headChecks } from "./head-checks.ts";
import { referenceChecks } from "./reference-checks.ts";

/** How one check came out. */
export interface CheckResult {
  readonly name: string;
  readonly promise: string;
  /** All there are, of which only the first are told. */
  readonly faultCount: number;
  readonly durationMs: number;
}

export interface Proof {
  readonly results: readonly CheckResult[];
  readonly faults: readonly Fault[];
}

/** No more of a check's faults are read than a person would. */
const mostTold = 100;

interface FaultRow {
  readonly subject: string;
  readonly detail: string;
  readonly payment_id: string | null;
  readonly total: number;
}

async function ask(
  db: Queryable,
  check: Check,
  values: readonly unknown[],
): Promise<{ count: number; faults: Fault[] }> {
  const used = check.sql.includes("$1") ? values : [];
  const rows = await db.query<FaultRow>(
    `select subject, detail, payment_id, count(*) over () as total from (${check.sql}) fault order by subject limit ${mostTold}`,
    used,
  );
  const faults = rows.map((row) => ({
    check: check.name,
    subject: row.subject,
    detail: row.detail,
    paymentId: row.payment_id,
  }));
  return { count: rows[0]?.total ?? 0, faults };
}

/**
 * Proves everything that must hold, one check after the other, as one connection sees the database. It writes nothing.
 * @param db one snapshot, if the answers are to fit together
 * @param now for what must not take longer than it may
 * @param heads newest seals of an earlier time, which must still be in their chains
 */
export async function prove(db: Queryable, now: Date, heads: readonly ChainHead[] = []): Promise<Proof> {
  const results: CheckResult[] = [];
  const faults: Fault[] = [];
  const time = async (name: string, promise: string, work: () => Promise<{ count: number; faults: Fault[] }>) => {
    const started = performance.now();
    const found = await work();
    results.push({ name, promise, faultCount: found.count, durationMs: Math.round(performance.now() - started) });
    faults.push(...found.faults);
  };
  for (const { name, promise, find } of guardChecks) {
    await time(name, promise, async () => {
      const found = await find(db);
      return { count: found.length, faults: found.slice(0, mostTold) };
    });
  }
  const checks = [...fixedChecks, ...(await referenceChecks(db))];
  for (const check of checks) await time(check.name, check.promise, () => ask(db, check, [now]));
  for (const check of headChecks(heads))
    await time(check.name, check.promise, () => ask(db, check, [JSON.stringify(heads)]));
  return { results, faults };
}
