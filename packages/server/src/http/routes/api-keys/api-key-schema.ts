import type { Gateway } from "../../../gateway.ts";
import { scopes } from "../../../merchants/api-keys.ts";
import { type ApiKey, stateOfKey } from "../../../merchants/read-api-keys.ts";
import { array, boolean, literal, nullable, object, oneOf, string } from "../../schema.ts";

export const apiKeyParams = object({ id: string() });

export const kindSchema = oneOf(
  ["api_key", "merchant_key"],
  '"api_key" for the v2 API, or "merchant_key" for the KineticPay wire protocol',
);
export const keyNameSchema = string({
  maxLength: 120,
  format: "plain-text",
  description: 'what the key is for, up to 120 characters, such as "Web shop, second server"',
});
export const scopesSchema = array(oneOf(scopes, `one of ${scopes.join(", ")}`), {
  minItems: 1,
  maxItems: scopes.length,
  uniqueItems: true,
  description: `a list of one or more of ${scopes.join(", ")}, each once`,
});
export const expirySchema = {
  type: ["string", "null"] as never,
  format: "moment",
  description: 'a time to come, such as "2030-01-31T16:00:00Z", or null for a key that does not expire',
};

export const apiKeyProperties = {
  id: string(),
  object: literal("api_key"),
  kind: kindSchema,
  name: string(),
  hint: string({ description: "how the key begins and ends" }),
  collection: string(),
  scopes: array(string()),
  state: oneOf(["active", "expired", "revoked"], "whether the key works now"),
  ip_allow_list: array(string()),
  imported: boolean(),
  rolled_from: nullable("string"),
  created_at: string(),
  expires_at: nullable("string"),
  revoked_at: nullable("string"),
  last_used_at: nullable("string"),
  last_used_address: nullable("string"),
};
export const apiKeySchema = object(apiKeyProperties);

/** A key as it is answered; the key itself is added where it is shown, once. */
export function apiKeyView(gateway: Gateway, key: ApiKey) {
  return {
    id: key.id,
    object: "api_key",
    kind: key.kind,
    name: key.name,
    hint: key.hint,
    collection: key.collectionId,
    scopes: key.scopes,
    state: stateOfKey(key, gateway.clock.now()),
    ip_allow_list: key.ipAllowList,
    imported: key.imported,
    rolled_from: key.rolledFrom,
    created_at: key.createdAt.toISOString(),
    expires_at: key.expiresAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    last_used_address: key.lastUsedAddress,
  };
}

/** A member that may be left out, null, or a time. */
export function readExpiry(text: string | null | undefined): { expiresAt?: Date | null } {
  return text === undefined ? {} : { expiresAt: text === null ? null : new Date(text) };
}
