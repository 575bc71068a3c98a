import { newId } from "@kineticpay/contract/ids";
import type { Tx } from "../db/db.ts";
import type { Office } from "../gateway.ts";
import { sealPurposes } from "../seams/seal.ts";
import { recordCollectionEvent, recordIssuedKey } from "./account-events.ts";
import { canonicalRange, listAllows } from "./address-range.ts";
import { type IssuedKey, issueKey, paymentScopes } from "./api-keys.ts";
import { type Actor, changesBetween, reachOf, recordChange } from "./audit-log.ts";
import { changeAccess } from "./change-access.ts";
import { type Collection, lockCollection } from "./read-collections.ts";
import { refuseLockOut } from "./refusals.ts";

export interface CollectionChange {
  readonly name?: string;
  readonly website?: string;
  readonly apiEnabled?: boolean;
}

export interface NewCollection {
  readonly collectionId: string;
  /** For the wire protocol; shown once. */
  readonly merchantKey: IssuedKey;
  /** `whsec_…` in the form of Standard Webhooks; verifies v2 callbacks. Shown once. */
  readonly signingSecret: string;
}

/** Entries of a list in their stored form, each once. They have been checked before. */
export function canonicalList(entries: readonly string[]): string[] {
  const canonical = entries.map((entry) => {
    const range = canonicalRange(entry);
    if (range === undefined) throw new RangeError("an entry of an allow-list is neither an address nor a range");
    return range;
  });
  return [...new Set(canonical)];
}

/** Makes a collection with its merchant key and its signing secret, in a transaction that is open already. */
export async function addCollection(
  office: Office,
  tx: Tx,
  actor: Actor,
  input: { merchantId: string; name: string; website: string },
): Promise<NewCollection> {
  const { merchantId, name, website } = input;
  const now = office.clock.now();
  const collectionId = newId("collection", now.getTime(), office.random.bytes(10));
  const secret = Buffer.from(office.random.bytes(32));
  await tx.query(
    `insert into collections (id, merchant_id, name, website, signing_secret_sealed, created_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [collectionId, merchantId, name, website, office.seal.close(secret, sealPurposes.signingSecret), now],
  );
  const changes = changesBetween({}, { name, website, api_enabled: true });
  await recordChange(office, tx, actor, { merchantId, action: "collection.created", objectId: collectionId, changes });
  const collection = { id: collectionId, merchantId, name, website, apiEnabled: true, ipAllowList: [], createdAt: now };
  await recordCollectionEvent(office, tx, "collection.created", collection);
  const merchantKey = await issueKey(office, tx, { merchantId, collectionId }, "merchant_key");
  await recordChange(office, tx, actor, {
    merchantId,
    action: "api_key.created",
    objectId: merchantKey.id,
    changes: changesBetween({}, { collection: collectionId, kind: "merchant_key", scopes: paymentScopes }),
  });
  await recordIssuedKey(office, tx, merchantKey.id);
  return { collectionId, merchantKey, signingSecret: `whsec_${secret.toString("base64")}` };
}

/** Makes a collection for a merchant that exists. */
export function createCollection(
  office: Office,
  actor: Actor,
  input: { merchantId: string; name: string; website: string },
): Promise<NewCollection> {
  return changeAccess(office, "collections.create", (tx) => addCollection(office, tx, actor, input));
}

/** The switch has actions of its own in the audit log, since it is what one looks for there. */
async function recordCollection(office: Office, tx: Tx, actor: Actor, found: Collection, next: Collection) {
  const fact = { merchantId: found.merchantId, objectId: found.id, at: office.clock.now() };
  const details = (of: Collection) => ({ name: of.name, website: of.website });
  const changes = changesBetween(details(found), details(next));
  if (Object.keys(changes).length > 0) {
    await recordChange(office, tx, actor, { ...fact, action: "collection.changed", changes });
  }
  if (found.apiEnabled !== next.apiEnabled) {
    await recordChange(office, tx, actor, {
      ...fact,
      action: next.apiEnabled ? "collection.api_enabled" : "collection.api_disabled",
      changes: changesBetween({ api_enabled: found.apiEnabled }, { api_enabled: next.apiEnabled }),
    });
  }
  const isChanged = Object.keys(changes).length > 0 || found.apiEnabled !== next.apiEnabled;
  if (isChanged) await recordCollectionEvent(office, tx, "collection.changed", next);
}

/**
 * Changes a collection; what is left out stays. Undefined when the actor can reach no such collection.
 * @throws GatewayError fields_invalid when the caller's own API would be switched off without `force`
 */
export function changeCollection(
  office: Office,
  actor: Actor,
  id: string,
  change: CollectionChange,
  force = false,
): Promise<Collection | undefined> {
  return changeAccess(office, "collections.change", async (tx) => {
    const found = await lockCollection(tx, reachOf(actor), id);
    if (found === undefined) return undefined;
    const own = actor.kind === "key" && actor.collectionId === id;
    const consequence = "the API of its own collection would be off, and no key of that collection could turn it on";
    refuseLockOut(actor, force, own && change.apiEnabled === false, consequence);
    const next = { ...found, ...change };
    await tx.query("update collections set name = $2, website = $3, api_enabled = $4 where id = $1", [
      id,
      next.name,
      next.website,
      next.apiEnabled,
    ]);
    await recordCollection(office, tx, actor, found, next);
    return next;
  });
}

/**
 * Replaces a collection's allow-list. Undefined when the actor can reach no such collection.
 * @param choose what the list becomes, from what it is; entries in any accepted form
 * @throws GatewayError fields_invalid when the caller's own address would be kept out without `force`
 */
export function setCollectionAllowList(
  office: Office,
  actor: Actor,
  id: string,
  choose: (present: readonly string[]) => readonly string[],
  force = false,
): Promise<Collection | undefined> {
  return changeAccess(office, "collections.set_allow_list", async (tx) => {
    const found = await lockCollection(tx, reachOf(actor), id);
    if (found === undefined) return undefined;
    const ipAllowList = canonicalList(choose(found.ipAllowList));
    const locksOut = actor.kind === "key" && actor.collectionId === id && !listAllows(ipAllowList, actor.address);
    const address = actor.kind === "key" ? actor.address : "";
    refuseLockOut(actor, force, locksOut, `it calls from ${address}, which is not on the new list`);
    await tx.query("update collections set ip_allow_list = $2 where id = $1", [id, ipAllowList]);
    const changes = changesBetween({ ip_allow_list: found.ipAllowList }, { ip_allow_list: ipAllowList });
    const fact = { merchantId: found.merchantId, objectId: id, changes };
    const next = { ...found, ipAllowList };
    if (Object.keys(changes).length > 0) {
      const action = "collection.ip_allow_list_changed";
      await recordChange(office, tx, actor, { ...fact, action });
      await recordCollectionEvent(office, tx, action, next);
    }
    return next;
  });
}
