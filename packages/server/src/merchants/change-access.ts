import type { Tx } from "../db/db.ts";
import type { Office } from "../gateway.ts";

/**
 * Runs a transaction that may change who can call. Other processes learn of it within a second; this one, which
 * acknowledges the change, with its next call.
 */
export async function changeAccess<T>(office: Office, work: (tx: Tx) => Promise<T>): Promise<T> {
  try {
    return await office.db.transaction(work);
  } finally {
    office.knownKeys.forget();
  }
}
