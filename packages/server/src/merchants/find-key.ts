import { hash } from "node:crypto";
import type { Gateway } from "../gateway.ts";
import { DatabaseUnavailable } from "../seams/database-unavailable.ts";
import type { KeyKind } from "./api-keys.ts";
import { hintOfKey } from "./key-format.ts";
import type { KnownKey } from "./known-keys.ts";

type Parts = Pick<Gateway, "db" | "knownKeys" | "log">;

interface Row {
  readonly version: number;
  readonly id: string | null;
  readonly kind: KeyKind;
  readonly name: string;
  readonly merchant_id: string;
  readonly merchant_name: string;
  readonly collection_id: string;
  readonly collection_name: string;
  readonly api_enabled: boolean;
  readonly scopes: string[];
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly key_allow_list: string[];
  readonly collection_allow_list: string[];
}

function fromRow(row: Row & { readonly id: string }, key: string): KnownKey {
  const caller = {
    keyId: row.id,
    keyHint: hintOfKey(key),
    keyName: row.name,
    merchantId: row.merchant_id,
    merchantName: row.merchant_name,
    collectionId: row.collection_id,
    collectionName: row.collection_name,
    apiEnabled: row.api_enabled,
    scopes: row.scopes,
    expiresAt: row.expires_at,
    keyAllowList: row.key_allow_list,
    collectionAllowList: row.collection_allow_list,
  };
  return { kind: row.kind, caller, revokedAt: row.revoked_at, expiresAt: row.expires_at };
}

/** One statement answers everything that decides on a call, together with the version that it belongs to. */
async function lookUp(parts: Parts, key: string, digest: string): Promise<KnownKey | null> {
  const look = parts.knownKeys.beginLook();
  const [row] = await parts.db.query<Row>(
    `select v.value as version, k.id, k.kind, k.name, k.merchant_id, m.name as merchant_name, k.collection_id,
            c.name as collection_name, c.api_enabled, k.scopes, k.expires_at, k.revoked_at,
            k.ip_allow_list as key_allow_list, c.ip_allow_list as collection_allow_list
     from access_version v
     left join (api_keys k join collections c on c.id = k.collection_id join merchants m on m.id = k.merchant_id)
       on k.hash = decode($1, 'base64')`,
    [digest],
  );
  if (row === undefined) throw new Error("access_version has lost its row");
  const found = row.id === null ? null : fromRow({ ...row, id: row.id }, key);
  parts.knownKeys.learn(look, row.version, digest, found);
  return found;
}

/** Sees to it, beside the calls, that what is known stays believable for as long as nothing changes. */
async function confirm(parts: Parts): Promise<void> {
  const look = parts.knownKeys.beginLook();
  try {
    const [row] = await parts.db.query<{ value: number }>("select value from access_version");
    if (row !== undefined) parts.knownKeys.confirm(look, row.value);
  } catch (error) {
    // Nothing is believed for much longer, and the next calls find out for themselves what there is to say.
    if (!(error instanceof DatabaseUnavailable)) parts.log.error({ err: error }, "the version of access was not read");
  }
}

/** By which keys are known. They carry at least 112 bits of chance, so an unsalted fast hash is enough. */
const digestOf = (key: string) => hash("sha256", key, "base64");

/** What is known of a key without asking anybody: null when there is none, undefined when it has to be looked up. */
export function knownKey(parts: Parts, key: string): KnownKey | null | undefined {
  return parts.knownKeys.find(digestOf(key));
}

/** The same for a call that is decided by it: has what is known confirmed in time, so that the next ones need not ask. */
export function recallKey(parts: Parts, key: string): KnownKey | null | undefined {
  const known = knownKey(parts, key);
  if (known !== undefined && parts.knownKeys.isDue()) void confirm(parts);
  return known;
}

/** The key, from memory where that is certain enough, so that most calls wait for nothing; null when there is none. */
export function findKey(parts: Parts, key: string): KnownKey | null | Promise<KnownKey | null> {
  const known = recallKey(parts, key);
  return known === undefined ? lookUp(parts, key, digestOf(key)) : known;
}
