import { createHmac } from "node:crypto";

/**
 * Signs a callback by Standard Webhooks 1.0: `v1,` and base64 of HMAC-SHA256 over id, timestamp and body.
 * @param timestampS seconds since 1970, of this attempt
 */
export function signStandardWebhook(secret: Uint8Array, id: string, timestampS: number, body: string): string {
  return `v1,${createHmac("sha256", secret).update(`${id}.${timestampS}.${body}`).digest("base64")}`;
}
