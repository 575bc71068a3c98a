import { type Bytes, fromBase64, hmacKey, toBase64, utf8 } from "./bytes.ts";

/** How far the time of a signature and this computer's clock may lie apart, in seconds, as Standard Webhooks advises. */
export const toleranceS = 300;

/** The bytes of a `whsec_…` secret; undefined for what is none. */
export function secretBytes(secret: string): Bytes | undefined {
  const bytes = fromBase64(secret.trim().replace(/^whsec_/, ""));
  return bytes !== undefined && bytes.length >= 16 ? bytes : undefined;
}

function signed(id: string, timestamp: string, body: Bytes): Bytes {
  const head = utf8(`${id}.${timestamp}.`);
  const all = new Uint8Array(head.length + body.length);
  all.set(head);
  all.set(body, head.length);
  return all;
}

/** The value of `webhook-signature` for one secret (Standard Webhooks 1.0). @param timestamp seconds since 1970 */
export async function signWebhook(secret: Bytes, id: string, timestamp: string, body: string): Promise<string> {
  const signature = await crypto.subtle.sign("HMAC", await hmacKey(secret), signed(id, timestamp, utf8(body)));
  return `v1,${toBase64(new Uint8Array(signature))}`;
}

/** Whether one of the signatures was made with one of the secrets. WebCrypto compares in constant time. */
export async function isSignedBy(
  secrets: readonly Bytes[],
  signatures: string,
  id: string,
  timestamp: string,
  body: Bytes,
): Promise<boolean> {
  const content = signed(id, timestamp, body);
  const given = signatures
    .split(" ")
    .filter((each) => each.startsWith("v1,"))
    .slice(0, 10)
    .flatMap((each) => fromBase64(each.slice(3)) ?? []);
  for (const secret of secrets) {
    const key = await hmacKey(secret);
    for (const signature of given) {
      if (await crypto.subtle.verify("HMAC", key, signature, content)) return true;
    }
  }
  return false;
}
