import type { Gateway } from "../gateway.ts";

/**
 * Changes keys or collections behind the gateway's back, as no use-case would, and has the gateway ask anew: a test need
 * not wait for what another process would have to wait for.
 */
export async function alterAccess(
  gateway: Pick<Gateway, "db" | "knownKeys">,
  sql: string,
  values: readonly unknown[] = [],
): Promise<void> {
  await gateway.db.query(sql, values);
  gateway.knownKeys.forget();
}
