import { newId } from "@kineticpay/contract/ids";
import type { Office } from "../gateway.ts";
import { sealPurposes } from "../seams/seal.ts";
import { type IssuedKey, issueKey } from "./api-keys.ts";

export interface NewMerchant {
  readonly merchantId: string;
  readonly collectionId: string;
  readonly apiKey: IssuedKey;
  readonly merchantKey: IssuedKey;
  /** `whsec_…` in the form of Standard Webhooks; verifies v2 callbacks. */
  readonly signingSecret: string;
}

/** Creates a merchant with a first collection and one key for each API, all or nothing. */
export async function createMerchant(
  office: Office,
  input: { name: string; collectionName: string; website: string },
): Promise<NewMerchant> {
  const now = office.clock.now();
  const id = (kind: "merchant" | "collection") => newId(kind, now.getTime(), office.random.bytes(10));
  const owner = { merchantId: id("merchant"), collectionId: id("collection") };
  const secret = Buffer.from(office.random.bytes(32));
  return office.db.transaction(async (tx) => {
    await tx.query("insert into merchants (id, name, created_at) values ($1, $2, $3)", [
      owner.merchantId,
      input.name,
      now,
    ]);
    await tx.query(
      `insert into collections (id, merchant_id, name, website, signing_secret_sealed, created_at)
       values ($1, $2, $3, $4, $5, $6)`,
      [
        owner.collectionId,
        owner.merchantId,
        input.collectionName,
        input.website,
        office.seal.close(secret, sealPurposes.signingSecret),
        now,
      ],
    );
    const apiKey = await issueKey(office, tx, owner, "api_key");
    const merchantKey = await issueKey(office, tx, owner, "merchant_key");
    return { ...owner, apiKey, merchantKey, signingSecret: `whsec_${secret.toString("base64")}` };
  });
}
