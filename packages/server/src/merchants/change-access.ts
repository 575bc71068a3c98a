import type { Tx } from "../db/db.ts";
import type { Office } from "../gateway.ts";
import type { CommitName } from "../seams/crash-points.ts";

/**
 * Runs a transaction, under the name of its place, that may change who can call. Other processes learn of it within a second; this one, which
 * acknowledges the change, with its next call.
 */
export async function changeAccess<T>(office: Office, name: CommitName, work: (tx: Tx) => Promise<T>): Promise<T> {
  try {
    return await office.db.transaction(name, work);
  } finally {
    office.knownKeys.forget();
  }
}
