import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { Gateway } from "../gateway.ts";
import { hashOfKey, type KeyKind, type Scope } from "./api-keys.ts";
import { hintOfKey, keyForm, modeOfKey } from "./key-format.ts";

/** Who calls: a verified key, and what it belongs to. */
export interface Caller {
  readonly keyId: string;
  readonly keyHint: string;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly collectionId: string;
  readonly collectionName: string;
  readonly apiEnabled: boolean;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
}

interface KeyRow {
  readonly id: string;
  readonly kind: KeyKind;
  readonly merchant_id: string;
  readonly merchant_name: string;
  readonly collection_id: string;
  readonly collection_name: string;
  readonly api_enabled: boolean;
  readonly scopes: string[];
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
}

async function findKey(gateway: Gateway, key: string, kind: KeyKind): Promise<KeyRow> {
  const rows = await gateway.db.query<KeyRow>(
    `select k.id, k.kind, k.merchant_id, m.name as merchant_name, k.collection_id, c.name as collection_name,
            c.api_enabled, k.scopes, k.expires_at, k.revoked_at
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
    merchantId: row.merchant_id,
    merchantName: row.merchant_name,
    collectionId: row.collection_id,
    collectionName: row.collection_name,
    apiEnabled: row.api_enabled,
    scopes: row.scopes,
    expiresAt: row.expires_at,
  };
}

/**
 * Establishes who calls the v2 API.
 * @param authorization the header's value, if any
 * @throws GatewayError key_missing, key_malformed, key_wrong_mode, key_invalid, key_revoked, key_expired
 */
export async function authenticate(gateway: Gateway, authorization: string | undefined): Promise<Caller> {
  const match = /^Bearer +(\S+)$/i.exec(authorization?.trim() ?? "");
  if (match?.[1] === undefined) {
    throw new GatewayError("key_missing", { meta: { expected: 'the header "Authorization: Bearer kp_…"' } });
  }
  const key = match[1];
  const mode = modeOfKey(key);
  if (mode === undefined) throw new GatewayError("key_malformed", { meta: { key: hintOfKey(key), expected: keyForm } });
  if (mode !== gateway.config.mode) {
    throw new GatewayError("key_wrong_mode", {
      meta: { key: hintOfKey(key), key_mode: mode, gateway_mode: gateway.config.mode },
    });
  }
  return asCaller(await findKey(gateway, key, "api_key"), key, gateway.clock.now());
}

/**
 * Establishes who calls the wire protocol. A merchant key is opaque: it may have been issued elsewhere, so its form is
 * never judged.
 * @throws GatewayError key_missing, key_invalid, key_revoked, key_expired
 */
export async function authenticateMerchantKey(gateway: Gateway, key: string | undefined): Promise<Caller> {
  if (key === undefined || key === "") {
    throw new GatewayError("key_missing", { meta: { expected: "the field merchant_key" } });
  }
  return asCaller(await findKey(gateway, key, "merchant_key"), key, gateway.clock.now());
}

/** @throws GatewayError api_not_enabled, scope_missing */
export function requireAccess(caller: Caller, needed: Scope | undefined): void {
  if (!caller.apiEnabled) {
    throw new GatewayError("api_not_enabled", { meta: { key: caller.keyHint, collection: caller.collectionId } });
  }
  if (needed !== undefined && !caller.scopes.includes(needed)) {
    throw new GatewayError("scope_missing", { meta: { key: caller.keyHint, needed, scopes: caller.scopes } });
  }
}
