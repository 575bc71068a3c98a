import { newId } from "@kineticpay/contract/ids";
import type { AsOwner } from "../db/as-owner.ts";
import type { Queryable } from "../db/db.ts";
import type { Office } from "../gateway.ts";

/** What became of one payment's buyer data; kept for a reason, or erased. */
export interface Erasure {
  readonly paymentId: string;
  readonly keptBecause: string | null;
}

/** The payments for which a buyer gave this address, whatever its case. */
export async function paymentsOfBuyer(db: Queryable, email: string): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    "select id from payments where lower(buyer ->> 'email') = lower($1) order by id",
    [email],
  );
  return rows.map((row) => row.id);
}

/**
 * Erases what is kept of one payment's buyer, wherever it is kept, for good. Books, amounts, ids, bank codes and digests
 * stay. What is under way is left alone.
 * @param by who had it done, for the audit log
 * @returns undefined when there is no such payment
 */
export async function eraseBuyer(
  office: Pick<Office, "clock" | "random">,
  asOwner: AsOwner,
  paymentId: string,
  by: string,
): Promise<Erasure | undefined> {
  return asOwner("payments.erase", async (tx) => {
    const [found] = await tx.query<{ hindrance: string | null; merchant_id: string }>(
      "select erasure_hindrance(id) as hindrance, merchant_id from payments where id = $1 for update",
      [paymentId],
    );
    if (found === undefined) return undefined;
    if (found.hindrance !== null) return { paymentId, keptBecause: found.hindrance };
    const auditId = newId("audit", office.clock.now().getTime(), office.random.bytes(10));
    await tx.query("select erase_buyer($1, $2, 'operator', $3)", [paymentId, auditId, by]);
    // The log of calls keeps only hints, and for days only; yet whoever asks for erasure asks for all of it.
    await tx.query(
      `update request_log set request_body = null, answer_body = null, query = '{}'
       where merchant_id = $1 and (answer_body ->> 'id' = $2 or path like '%/' || $2 || '%')`,
      [found.merchant_id, paymentId],
    );
    return { paymentId, keptBecause: null };
  });
}
