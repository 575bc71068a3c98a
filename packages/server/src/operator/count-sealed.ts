import type { Queryable } from "../db/db.ts";
import { type Seal, type SealPurpose, sealPurposes } from "../seams/seal.ts";

const sealedSecrets: readonly { readonly purpose: SealPurpose; readonly sql: string }[] = [
  { purpose: sealPurposes.signingSecret, sql: "select signing_secret_sealed as sealed from collections" },
  {
    purpose: sealPurposes.callbackKey,
    sql: "select callback_key_sealed as sealed from api_keys where callback_key_sealed is not null",
  },
  {
    purpose: sealPurposes.keptAnswer,
    sql: "select body_sealed as sealed from idempotency_records where body_sealed is not null",
  },
];

/** How many secrets the database keeps sealed, and how many of them this master key opens. */
export async function countSealed(db: Queryable, seal: Seal): Promise<{ sealed: number; opened: number }> {
  let sealed = 0;
  let opened = 0;
  for (const { purpose, sql } of sealedSecrets) {
    for (const row of await db.query<{ sealed: Buffer }>(sql)) {
      sealed += 1;
      try {
        seal.open(row.sealed, purpose);
        opened += 1;
      } catch {
        // Told as the difference of both.
      }
    }
  }
  return { sealed, opened };
}
