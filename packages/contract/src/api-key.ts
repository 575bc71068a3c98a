import { array, boolean, literal, nullable, object, oneOf, string } from "./json-schema.ts";

export const keyKinds = ["api_key", "merchant_key"] as const;
export const keyStates = ["active", "expired", "revoked"] as const;

/** What is known of a key. The key itself is shown once, in the answer that makes it. */
export interface ApiKeyView {
  readonly id: string;
  readonly object: "api_key";
  readonly kind: (typeof keyKinds)[number];
  readonly name: string;
  /** How the key begins and ends. */
  readonly hint: string;
  readonly collection: string;
  readonly scopes: readonly string[];
  readonly state: (typeof keyStates)[number];
  readonly ip_allow_list: readonly string[];
  readonly imported: boolean;
  readonly rolled_from: string | null;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
  readonly last_used_address: string | null;
}

export const kindSchema = oneOf(
  keyKinds,
  '"api_key" for the v2 API, or "merchant_key" for the KineticPay wire protocol',
);

export const apiKeyProperties = {
  id: string(),
  object: literal("api_key"),
  kind: kindSchema,
  name: string(),
  hint: string({ description: "how the key begins and ends" }),
  collection: string(),
  scopes: array(string()),
  state: oneOf(keyStates, "whether the key works now"),
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
