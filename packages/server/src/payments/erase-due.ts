import { newId } from "@kineticpay/contract/ids";
import type { Gateway } from "../gateway.ts";

const batchSize = 100;
const patience = { statementMs: 10 * 60_000 };

/**
 * Erases the buyer data of payments that ended longer ago than the owner has decided to keep it. The database picks
 * them by its own clock, and refuses what is under way.
 * @returns how many were erased
 */
export async function eraseDue(gateway: Pick<Gateway, "config" | "db" | "clock" | "random" | "log">): Promise<number> {
  if (gateway.config.buyerDataDays === 0) return 0;
  const nowMs = gateway.clock.now().getTime();
  const auditIds = Array.from({ length: batchSize }, () => newId("audit", nowMs, gateway.random.bytes(10)));
  // Looking through all payments may take longer than a call would wait.
  const erased = await gateway.db.transaction(
    "payments.erase_due",
    (tx) => tx.query<{ id: string }>("select erase_due_buyers($1::text[]) as id", [auditIds]),
    patience,
  );
  if (erased.length > 0)
    gateway.log.info({ payments: erased.length }, "buyer data that was kept long enough was erased");
  return erased.length;
}
