import { isId } from "@kineticpay/contract/ids";
import type { Queryable, Tx } from "../db/db.ts";
import type { Office } from "../gateway.ts";
import type { KeyKind, Scope } from "./api-keys.ts";
import { type Actor, reachOf } from "./audit-log.ts";

/** A key as its owner may see it: never the key itself. */
export interface ApiKey {
  readonly id: string;
  readonly merchantId: string;
  readonly collectionId: string;
  readonly kind: KeyKind;
  readonly name: string;
  readonly hint: string;
  readonly scopes: readonly Scope[];
  readonly ipAllowList: readonly string[];
  /** Issued by the hosted service, and taken over. */
  readonly imported: boolean;
  readonly rolledFrom: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** Written down within about half a minute of the use. */
  readonly lastUsedAt: Date | null;
  readonly lastUsedAddress: string | null;
}

export type KeyState = "active" | "expired" | "revoked";

export function stateOfKey(key: ApiKey, now: Date): KeyState {
  if (key.revokedAt !== null) return "revoked";
  return key.expiresAt !== null && key.expiresAt <= now ? "expired" : "active";
}

const columns = `id, merchant_id as "merchantId", collection_id as "collectionId", kind, name, hint, scopes,
  ip_allow_list as "ipAllowList", imported, rolled_from as "rolledFrom", created_at as "createdAt",
  expires_at as "expiresAt", revoked_at as "revokedAt", last_used_at as "lastUsedAt",
  last_used_address as "lastUsedAddress"`;

const byId = `select ${columns} from api_keys where id = $1 and ($2::text is null or merchant_id = $2)`;

/** A key of that merchant, or of any when null; undefined alike for what does not exist and for another's. */
export async function findApiKey(db: Queryable, reach: string | null, id: string): Promise<ApiKey | undefined> {
  return isId("apiKey", id) ? (await db.query<ApiKey>(byId, [id, reach]))[0] : undefined;
}

/** The same, and nobody else changes it until the transaction ends; payments that name the key go on being made. */
export async function lockApiKey(tx: Tx, reach: string | null, id: string): Promise<ApiKey | undefined> {
  return isId("apiKey", id) ? (await tx.query<ApiKey>(`${byId} for no key update`, [id, reach]))[0] : undefined;
}

/** A key that the actor can reach. */
export function readApiKey(office: Office, actor: Actor, id: string): Promise<ApiKey | undefined> {
  return findApiKey(office.db, reachOf(actor), id);
}

/** The keys that an actor can reach, newest first. */
export function readApiKeys(
  office: Office,
  actor: Actor,
  filter: { collectionId: string | null; startingAfter: string | null; limit: number },
): Promise<ApiKey[]> {
  return office.db.query<ApiKey>(
    `select ${columns} from api_keys
     where ($1::text is null or merchant_id = $1) and ($2::text is null or collection_id = $2)
       and ($3::text is null or id < $3)
     order by id desc limit $4`,
    [reachOf(actor), filter.collectionId, filter.startingAfter, filter.limit],
  );
}
