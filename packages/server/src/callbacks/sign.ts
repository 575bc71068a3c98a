import { createHmac } from "node:crypto";

/**
 * Signs a webhook by Standard Webhooks 1.0: for each secret `v1,` and base64 of HMAC-SHA256 over id, timestamp and body,
 * joined by spaces, so that a receiver may hold any one of them.
 * @param timestampS seconds since 1970, of this attempt
 */
export function signStandardWebhook(
  secrets: readonly Uint8Array[],
  id: string,
  timestampS: number,
  body: string,
): string {
  const signed = `${id}.${timestampS}.${body}`;
  return secrets.map((secret) => `v1,${createHmac("sha256", secret).update(signed).digest("base64")}`).join(" ");
}
