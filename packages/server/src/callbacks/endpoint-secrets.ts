import type { Tx } from "../db/db.ts";
import type { Office } from "../gateway.ts";
import { sealPurposes } from "../seams/seal.ts";

/** An endpoint's secret as its merchant is shown it, once: `whsec_` and base64, in the form of Standard Webhooks. */
export interface NewSecret {
  readonly shown: string;
  readonly sealed: Buffer;
}

/** A new secret of 32 random bytes; only what is sealed of it is kept. */
export function newSecret(office: Pick<Office, "random" | "seal">): NewSecret {
  const secret = Buffer.from(office.random.bytes(32));
  return {
    shown: `whsec_${secret.toString("base64")}`,
    sealed: office.seal.close(secret, sealPurposes.endpointSecret),
  };
}

/** How many secrets sign for an endpoint now: the current one, and those whose overlap has not passed. */
export async function countSecrets(tx: Tx, endpointId: string, now: Date): Promise<number> {
  const rows = await tx.query<{ count: number }>(
    "select count(*) as count from webhook_secrets where endpoint_id = $1 and (valid_until is null or valid_until > $2)",
    [endpointId, now],
  );
  return rows[0]?.count ?? 0;
}

/**
 * Makes a secret the endpoint's current one. The one before goes on signing beside it until then; what no longer signs is
 * removed. The endpoint must be locked.
 */
export async function replaceSecret(
  tx: Tx,
  endpointId: string,
  sealed: Buffer,
  times: { readonly now: Date; readonly oldValidUntil: Date },
): Promise<void> {
  await tx.query("delete from webhook_secrets where endpoint_id = $1 and valid_until <= $2", [endpointId, times.now]);
  await tx.query("update webhook_secrets set valid_until = $2 where endpoint_id = $1 and valid_until is null", [
    endpointId,
    times.oldValidUntil,
  ]);
  await tx.query(
    `insert into webhook_secrets (endpoint_id, number, sealed, created_at)
     select $1, coalesce(max(number), 0) + 1, $2, $3 from webhook_secrets where endpoint_id = $1`,
    [endpointId, sealed, times.now],
  );
}
