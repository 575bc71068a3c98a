import { createHmac, randomBytes } from "node:crypto";
import { CliError } from "../cli-error.ts";
import { exitCodes } from "../exit-codes.ts";

/** A secret as the gateway makes them: `whsec_` and 32 random bytes in base64. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

/** @throws CliError secret_malformed for what no library of Standard Webhooks would take */
export function secretBytes(secret: string): Buffer {
  const text = secret.trim().replace(/^whsec_/, "");
  const bytes = Buffer.from(text, "base64");
  const isBase64 = bytes.toString("base64").replace(/=+$/, "") === text.replace(/=+$/, "");
  if (isBase64 && bytes.length >= 16 && bytes.length <= 64) return bytes;
  const what = /^kp_/.test(secret) ? "an API key" : "cut short or mistyped";
  throw new CliError("secret_malformed", `The webhook secret is ${what}. It is whsec_ and 24 to 64 bytes in base64.`, {
    next: "copy it whole from the answer that made the endpoint, or: kineticpay listen --print-secret",
    exitCode: exitCodes.usage,
  });
}

/** One signature of Standard Webhooks 1.0. @param timestamp seconds since 1970 */
export function signatureOf(secret: string, id: string, timestamp: number, body: string): string {
  const signature = createHmac("sha256", secretBytes(secret)).update(`${id}.${timestamp}.${body}`).digest("base64");
  return `v1,${signature}`;
}

/** The headers of a signed request, now unless told otherwise. */
export function signedHeaders(
  secret: string,
  id: string,
  body: string,
  timestamp: number = Math.floor(Date.now() / 1000),
): Record<string, string> {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signatureOf(secret, id, timestamp, body),
  };
}
