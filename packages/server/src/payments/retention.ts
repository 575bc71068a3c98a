import type { AsOwner } from "../db/as-owner.ts";
import type { Queryable, Tx } from "../db/db.ts";

/** For how many days buyer data is kept after a payment's end, as the database has it; 0 when it is kept for good. */
export async function retentionDays(db: Queryable): Promise<number> {
  const rows = await db.query<{ days: number }>("select buyer_data_days as days from retention");
  return rows[0]?.days ?? 0;
}

async function setRetention(tx: Tx, days: number): Promise<void> {
  if (days === 0) {
    await tx.query("delete from retention");
    return;
  }
  await tx.query(
    "insert into retention (buyer_data_days) values ($1) on conflict (only_row) do update set buyer_data_days = excluded.buyer_data_days",
    [days],
  );
}

/**
 * Has the database keep buyer data for as long as the settings say. Only the owner of the tables may decide that.
 * @returns false when the database says otherwise and there is no owner to change it
 */
export async function agreeOnRetention(db: Queryable, asOwner: AsOwner | undefined, days: number): Promise<boolean> {
  if ((await retentionDays(db)) === days) return true;
  if (asOwner === undefined) return false;
  await asOwner("payments.set_retention", (tx) => setRetention(tx, days));
  return true;
}
