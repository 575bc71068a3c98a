import { array, object, oneOf, string } from "@kineticpay/contract/json-schema";
import { scopes } from "../../../merchants/api-keys.ts";

export const apiKeyParams = object({ id: string() });

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

/** A member that may be left out, null, or a time. */
export function readExpiry(text: string | null | undefined): { expiresAt?: Date | null } {
  return text === undefined ? {} : { expiresAt: text === null ? null : new Date(text) };
}
