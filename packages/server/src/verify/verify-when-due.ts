import type { Gateway } from "../gateway.ts";
import { openUnprovedCase } from "../payments/cases.ts";
import { lastVerification, recordVerification } from "./verifications.ts";
import { type Report, verify } from "./verify.ts";

type Parts = Pick<Gateway, "config" | "db" | "clock" | "random" | "log">;

/** One fault in the books may show in thousands of rows; a person begins with a few. */
const mostCases = 20;
const mostLogged = 20;

/** Whether the last proof, or without one the making of the database, is long enough ago. */
async function isDue(gateway: Parts): Promise<boolean> {
  const { verifyIntervalS } = gateway.config;
  if (verifyIntervalS === 0) return false;
  const last = await lastVerification(gateway.db);
  const [identity] = await gateway.db.query<{ created_at: Date }>("select created_at from gateway_identity");
  const since = last?.startedAt ?? identity?.created_at;
  return since !== undefined && gateway.clock.now().getTime() - since.getTime() >= verifyIntervalS * 1000;
}

/** Keeps the outcome, and opens a case for each payment that is touched. */
export async function concludeVerification(gateway: Omit<Parts, "config" | "log">, report: Report): Promise<string> {
  const payments = new Map<string, string[]>();
  for (const { paymentId, check } of report.faults) {
    if (paymentId !== null) payments.set(paymentId, [...(payments.get(paymentId) ?? []), check]);
  }
  return gateway.db.transaction("verify.conclude", async (tx) => {
    const id = await recordVerification(gateway, tx, report);
    for (const [paymentId, checks] of [...payments].slice(0, mostCases)) {
      await openUnprovedCase(gateway, tx, paymentId, { verification: id, checks: [...new Set(checks)] });
    }
    return id;
  });
}

function tell(gateway: Parts, id: string, report: Report): void {
  const facts = { verification: id, took_ms: report.durationMs, ...report.counts };
  if (report.faultCount === 0) {
    // A log that is kept elsewhere thereby keeps the heads elsewhere too.
    gateway.log.info({ ...facts, heads: report.heads.slice(0, 100) }, "every invariant was proved");
    return;
  }
  for (const fault of report.faults.slice(0, mostLogged))
    gateway.log.error({ verification: id, ...fault }, "not as it must be");
  gateway.log.error(
    { ...facts, faults: report.faultCount },
    "the books or what belongs to them are not as they must be; payments go on. Run the operator's verify",
  );
}

/**
 * Proves everything when that is due, in one process at a time. Payments go on whatever is found: to stop would harm
 * every shop for what may concern one payment. But it is logged as an error, kept, shown by `/ready`, and a case.
 * @returns 0: there is nothing more to do at once
 */
export async function verifyWhenDue(gateway: Parts): Promise<number> {
  if (!(await isDue(gateway))) return 0;
  const report = await verify(gateway, { alone: true });
  if (report === undefined) return 0;
  tell(gateway, await concludeVerification(gateway, report), report);
  return 0;
}
