import { newId } from "@kineticpay/contract/ids";
import type { Office } from "../gateway.ts";
import { recordIssuedKey } from "./account-events.ts";
import { type IssuedKey, issueKey, paymentScopes, type Scope } from "./api-keys.ts";
import { type Actor, changesBetween, recordChange } from "./audit-log.ts";
import { changeAccess } from "./change-access.ts";
import { addCollection } from "./change-collections.ts";

export interface NewMerchant {
  readonly merchantId: string;
  readonly collectionId: string;
  readonly apiKey: IssuedKey;
  readonly merchantKey: IssuedKey;
  /** `whsec_…` in the form of Standard Webhooks; verifies v2 callbacks. */
  readonly signingSecret: string;
}

export interface MerchantInput {
  readonly name: string;
  readonly collectionName: string;
  readonly website: string;
  /** Of the API key; payments alone when left out. */
  readonly scopes?: readonly Scope[];
}

/** Creates a merchant with a first collection and one key for each API, all or nothing. */
export async function createMerchant(
  office: Office,
  input: MerchantInput,
  actor: Actor = { kind: "gateway", name: "setup" },
): Promise<NewMerchant> {
  const now = office.clock.now();
  const merchantId = newId("merchant", now.getTime(), office.random.bytes(10));
  const { name, website } = input;
  const scopes = input.scopes ?? paymentScopes;
  return changeAccess(office, "merchants.create", async (tx) => {
    await tx.query("insert into merchants (id, name, created_at) values ($1, $2, $3)", [merchantId, name, now]);
    const merchantFact = { merchantId, objectId: merchantId, changes: changesBetween({}, { name }) };
    await recordChange(office, tx, actor, { ...merchantFact, action: "merchant.created" });
    const collection = await addCollection(office, tx, actor, { merchantId, name: input.collectionName, website });
    const { collectionId } = collection;
    const apiKey = await issueKey(office, tx, { merchantId, collectionId }, "api_key", { scopes });
    const changes = changesBetween({}, { collection: collectionId, kind: "api_key", scopes });
    await recordChange(office, tx, actor, { merchantId, action: "api_key.created", objectId: apiKey.id, changes });
    await recordIssuedKey(office, tx, apiKey.id);
    return { merchantId, ...collection, apiKey };
  });
}
