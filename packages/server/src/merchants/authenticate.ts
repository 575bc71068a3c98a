import { createErrorMemo } from "@kineticpay/contract/errors/error-memo";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { Gateway } from "../gateway.ts";
import { onward, type Soon } from "../seams/at-once.ts";
import type { KeyKind } from "./api-keys.ts";
import type { Caller } from "./caller.ts";
import { findKey, recallKey } from "./find-key.ts";
import { hintOfKey, keyForm, modeOfKey } from "./key-format.ts";
import type { KnownKey } from "./known-keys.ts";

const repeated = createErrorMemo();

type Parts = Pick<Gateway, "db" | "knownKeys" | "log" | "clock">;

function ended(code: "key_revoked" | "key_expired", key: KnownKey, at: Date): GatewayError {
  return repeated(`${code} ${key.caller.keyId} ${at.getTime()}`, () => {
    const hint = key.caller.keyHint;
    return code === "key_revoked"
      ? new GatewayError(code, { meta: { key: hint, revoked_at: at.toISOString() } })
      : new GatewayError(code, { meta: { key: hint, expired_at: at.toISOString() } });
  });
}

/** Whose key it is, when it is one of that kind, and still good; else why not. */
function asCaller(found: KnownKey | null, kind: KeyKind, key: string, now: Date): Caller | GatewayError {
  // A merchant key is no API key: the one travels in forms and query strings, the other must not.
  if (found === null || found.kind !== kind) {
    const hint = hintOfKey(key);
    return repeated(`key_invalid ${hint}`, () => new GatewayError("key_invalid", { meta: { key: hint } }));
  }
  if (found.revokedAt !== null) return ended("key_revoked", found, found.revokedAt);
  if (found.expiresAt !== null && found.expiresAt <= now) return ended("key_expired", found, found.expiresAt);
  return found.caller;
}

function keyMissing(expected: string): GatewayError {
  return repeated(expected, () => new GatewayError("key_missing", { meta: { expected } }));
}

function keyMalformed(key: string): GatewayError {
  const hint = hintOfKey(key);
  return repeated(hint, () => new GatewayError("key_malformed", { meta: { key: hint, expected: keyForm } }));
}

/** @throws GatewayError the refusal, if it is one */
export function orThrow<T>(outcome: T | GatewayError): T {
  if (outcome instanceof GatewayError) throw outcome;
  return outcome;
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
export function presentedApiKey(
  gateway: Pick<Gateway, "config">,
  authorization: string | undefined,
): string | GatewayError {
  const key = keyOf(authorization);
  if (typeof key !== "string") return key;
  const mode = modeOfKey(key);
  if (mode === undefined) return keyMalformed(key);
  if (mode === gateway.config.mode) return key;
  const meta = { key: hintOfKey(key), key_mode: mode, gateway_mode: gateway.config.mode };
  return new GatewayError("key_wrong_mode", { meta });
}

/** Whose key it is, or why it is nobody's now: key_invalid, key_revoked, key_expired. */
export function verifyApiKey(gateway: Parts, key: string): Soon<Caller | GatewayError> {
  return onward(findKey(gateway, key), (found) => asCaller(found, "api_key", key, gateway.clock.now()));
}

/** The same where it is certain from memory; undefined where the database would have to be asked, which is not done. */
export function recallApiKey(gateway: Parts, key: string): Caller | GatewayError | undefined {
  const found = recallKey(gateway, key);
  return found === undefined ? undefined : asCaller(found, "api_key", key, gateway.clock.now());
}

/**
 * Establishes who calls the v2 API.
 * @throws GatewayError key_missing, key_malformed, key_wrong_mode, key_invalid, key_revoked, key_expired
 */
export async function authenticate(
  gateway: Parts & Pick<Gateway, "config">,
  authorization: string | undefined,
): Promise<Caller> {
  const key = presentedApiKey(gateway, authorization);
  if (typeof key !== "string") throw key;
  return orThrow(await verifyApiKey(gateway, key));
}

/**
 * The merchant key of a call of the wire protocol, or key_missing. It is opaque: it may have been issued elsewhere, so its
 * form is never judged.
 */
export function presentedMerchantKey(key: string | undefined): string | GatewayError {
  return key === undefined || key === "" ? keyMissing("the field merchant_key") : key;
}

/** Whose merchant key it is, or why it is nobody's now: key_invalid, key_revoked, key_expired. */
export function verifyMerchantKey(gateway: Parts, key: string): Soon<Caller | GatewayError> {
  return onward(findKey(gateway, key), (found) => asCaller(found, "merchant_key", key, gateway.clock.now()));
}

/**
 * Establishes who calls the wire protocol.
 * @throws GatewayError key_missing, key_invalid, key_revoked, key_expired
 */
export async function authenticateMerchantKey(gateway: Parts, sent: string | undefined): Promise<Caller> {
  const key = presentedMerchantKey(sent);
  if (typeof key !== "string") throw key;
  return orThrow(await verifyMerchantKey(gateway, key));
}
