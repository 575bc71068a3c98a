import { createErrorMemo } from "@kineticpay/contract/errors/error-memo";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { Office } from "../gateway.ts";
import { hashOfKey, type KeyKind } from "./api-keys.ts";
import { hintOfKey, keyForm, modeOfKey } from "./key-format.ts";

/** Who calls: a verified key, and what it belongs to. */
export interface Caller {
  readonly keyId: string;
  readonly keyHint: string;
  readonly keyName: string;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly collectionId: string;
  readonly collectionName: string;
  readonly apiEnabled: boolean;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
  /** Where calls may come from; each list that is not empty must hold the address. */
  readonly keyAllowList: readonly string[];
  readonly collectionAllowList: readonly string[];
}

interface KeyRow {
  readonly id: string;
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

/** One statement answers everything that decides on a call, so a change counts from the next call on, in every process. */
async function findKey(gateway: Office, key: string, kind: KeyKind): Promise<KeyRow> {
  const rows = await gateway.db.query<KeyRow>(
    `select k.id, k.kind, k.name, k.merchant_id, m.name as merchant_name, k.collection_id, c.name as collection_name,
            c.api_enabled, k.scopes, k.expires_at, k.revoked_at,
            k.ip_allow_list as key_allow_list, c.ip_allow_list as collection_allow_list
     from api_keys k join collections c on c.id = k.collection_id join merchants m on m.id = k.merchant_id
     where k.hash = $1`,
    [hashOfKey(key)],
  );
  const row = rows[0];
  // A merchant key is no API key: the one travels in forms and query strings, the other must not.
  if (row === undefined || row.kind !== kind) throw new GatewayError("key_invalid", { meta: { key: hintOfKey(key) } });
  return row;
}

function asCaller(row: KeyRow, key: string, now: Date): Caller {
  const hint = hintOfKey(key);
  if (row.revoked_at !== null) {
    throw new GatewayError("key_revoked", { meta: { key: hint, revoked_at: row.revoked_at.toISOString() } });
  }
  if (row.expires_at !== null && row.expires_at <= now) {
    throw new GatewayError("key_expired", { meta: { key: hint, expired_at: row.expires_at.toISOString() } });
  }
  return {
    keyId: row.id,
    keyHint: hint,
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
}

const repeated = createErrorMemo();

function keyMissing(expected: string): GatewayError {
  return repeated(expected, () => new GatewayError("key_missing", { meta: { expected } }));
}

function keyMalformed(key: string): GatewayError {
  const hint = hintOfKey(key);
  return repeated(hint, () => new GatewayError("key_malformed", { meta: { key: hint, expected: keyForm } }));
}

const bearerForm = 'the header "Authorization: Bearer kp_…"';
const basicForm = `the user name of HTTP Basic with an empty password (curl -u "kp_…:"), or better as ${bearerForm}`;

/** The user name of HTTP Basic (RFC 7617). A password beside it would be a second secret that nobody checks. */
function keyOfBasic(credentials: string): string | GatewayError {
  const text = /^[A-Za-z0-9+/]+={0,2}$/.test(credentials) ? Buffer.from(credentials, "base64").toString("utf8") : "";
  const colon = text.indexOf(":");
  if (colon <= 0 || colon !== text.length - 1) return keyMissing(basicForm);
  return text.slice(0, colon);
}

function keyOf(authorization: string | undefined): string | GatewayError {
  if (authorization === undefined) return keyMissing(bearerForm);
  const match = /^([A-Za-z]+) +(\S+)$/.exec(authorization.trim());
  const scheme = match?.[1]?.toLowerCase();
  const credentials = match?.[2] ?? "";
  if (scheme === "bearer") return credentials;
  return scheme === "basic" ? keyOfBasic(credentials) : keyMissing(bearerForm);
}

/**
 * The key that came as Bearer token or as the user name of HTTP Basic, if one of its form can exist here; else the reason
 * why not: key_missing, key_malformed, key_wrong_mode. Given and not thrown, since this is where floods end.
 * @param authorization the header's value, if any
 */
export function presentedApiKey(gateway: Office, authorization: string | undefined): string | GatewayError {
  const key = keyOf(authorization);
  if (typeof key !== "string") return key;
  const mode = modeOfKey(key);
  if (mode === undefined) return keyMalformed(key);
  if (mode === gateway.config.mode) return key;
  const meta = { key: hintOfKey(key), key_mode: mode, gateway_mode: gateway.config.mode };
  return new GatewayError("key_wrong_mode", { meta });
}

/**
 * Whose key it is.
 * @throws GatewayError key_invalid, key_revoked, key_expired
 */
export async function verifyApiKey(gateway: Office, key: string): Promise<Caller> {
  return asCaller(await findKey(gateway, key, "api_key"), key, gateway.clock.now());
}

/**
 * Establishes who calls the v2 API.
 * @throws GatewayError key_missing, key_malformed, key_wrong_mode, key_invalid, key_revoked, key_expired
 */
export async function authenticate(gateway: Office, authorization: string | undefined): Promise<Caller> {
  const key = presentedApiKey(gateway, authorization);
  if (typeof key !== "string") throw key;
  return verifyApiKey(gateway, key);
}

/**
 * The merchant key of a call of the wire protocol, or key_missing. It is opaque: it may have been issued elsewhere, so its
 * form is never judged.
 */
export function presentedMerchantKey(key: string | undefined): string | GatewayError {
  return key === undefined || key === "" ? keyMissing("the field merchant_key") : key;
}

/**
 * Whose merchant key it is.
 * @throws GatewayError key_invalid, key_revoked, key_expired
 */
export async function verifyMerchantKey(gateway: Office, key: string): Promise<Caller> {
  return asCaller(await findKey(gateway, key, "merchant_key"), key, gateway.clock.now());
}

/**
 * Establishes who calls the wire protocol.
 * @throws GatewayError key_missing, key_invalid, key_revoked, key_expired
 */
export async function authenticateMerchantKey(gateway: Office, sent: string | undefined): Promise<Caller> {
  const key = presentedMerchantKey(sent);
  if (typeof key !== "string") throw key;
  return verifyMerchantKey(gateway, key);
}
