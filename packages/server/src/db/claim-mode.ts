import type { Db, Queryable } from "./db.ts";

/** The database was made by a gateway of the other mode. */
export class WrongModeError extends Error {}

/**
 * Marks a new database as this mode's, or checks that it is: sandbox and live payments never share a table.
 * @throws WrongModeError
 */
export async function claimMode(db: Db, mode: string): Promise<void> {
  await db.write("gateway.claim_mode", "insert into gateway_identity (mode) values ($1) on conflict do nothing", [
    mode,
  ]);
  const rows = await db.query<{ mode: string }>("select mode from gateway_identity");
  const found = rows[0]?.mode;
  if (found !== mode) {
    throw new WrongModeError(
      `This database belongs to a ${found} gateway, and KINETICPAY_MODE is ${mode}. Point DATABASE_URL (or KINETICPAY_DATA_DIR) to a database of its own.`,
    );
  }
}

/** The database's present time. */
export async function databaseTime(db: Queryable): Promise<Date> {
  const rows = await db.query<{ now: Date }>("select clock_timestamp() as now");
  if (rows[0] === undefined) throw new Error("the database did not tell the time");
  return rows[0].now;
}
