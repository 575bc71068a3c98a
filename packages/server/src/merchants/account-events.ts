import type { AccountEventType } from "@kineticpay/contract/events/catalogue";
import { recordEvent } from "../callbacks/outbox.ts";
import type { Tx } from "../db/db.ts";
import type { Office } from "../gateway.ts";
import { apiKeyView } from "./api-key-view.ts";
import type { AuditAction } from "./audit-log.ts";
import { collectionView } from "./collection-view.ts";
import { type ApiKey, findApiKey } from "./read-api-keys.ts";
import type { Collection } from "./read-collections.ts";

/** What merchants are told of a change, for those entries of the audit log that they are told of. */
const typeOf: Readonly<Partial<Record<AuditAction, AccountEventType>>> = {
  "api_key.created": "api_key.created",
  "api_key.imported": "api_key.created",
  "api_key.changed": "api_key.updated",
  "api_key.ip_allow_list_changed": "api_key.updated",
  "api_key.rolled": "api_key.rolled",
  "api_key.revoked": "api_key.revoked",
  "collection.created": "collection.created",
  "collection.changed": "collection.updated",
  "collection.api_enabled": "collection.updated",
  "collection.api_disabled": "collection.updated",
  "collection.ip_allow_list_changed": "collection.updated",
};

function typeFor(action: AuditAction): AccountEventType {
  const type = typeOf[action];
  if (type === undefined) throw new Error(`no event tells of ${action}`);
  return type;
}

/** Records the event of a key's change, in the transaction of the change and of its entry in the audit log. */
export async function recordKeyEvent(office: Office, tx: Tx, action: AuditAction, key: ApiKey): Promise<void> {
  const { merchantId, collectionId } = key;
  await recordEvent(office, tx, { type: typeFor(action), merchantId, collectionId, data: apiKeyView(office, key) });
}

/** The same for a key that has just been issued. */
export async function recordIssuedKey(office: Office, tx: Tx, id: string): Promise<void> {
  const key = await findApiKey(tx, null, id);
  if (key === undefined) throw new Error(`key ${id} vanished`);
  await recordKeyEvent(office, tx, "api_key.created", key);
}

/** The same for a collection. */
export async function recordCollectionEvent(
  office: Office,
  tx: Tx,
  action: AuditAction,
  collection: Collection,
): Promise<void> {
  const { id, merchantId } = collection;
  const data = collectionView(collection);
  await recordEvent(office, tx, { type: typeFor(action), merchantId, collectionId: id, data });
}
