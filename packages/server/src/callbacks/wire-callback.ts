import { createCipheriv, createHmac } from "node:crypto";
import type { Queryable } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";
import { sealPurposes } from "../seams/seal.ts";

/** What a wire-protocol callback is made from; nothing of it is left when its payment's buyer data was erased. */
export type KeptWirePayload = WirePayload | Readonly<Record<string, never>>;

/** True for what can still be sent. */
export function isWhole(payload: KeptWirePayload): payload is WirePayload {
  return "encoded" in payload;
}

/** What a wire-protocol callback is made from. */
export interface WirePayload {
  /** JSON text of `{"record": …}`. */
  readonly encoded: string;
  readonly receiptUrl: string;
  /** For older clients: the invoice is the second part between dashes. */
  readonly sellerOrderNo: string;
  readonly apiKeyId: string;
}

/** The key that the merchant can derive from its merchant key, to see that a callback came from here. */
async function callbackKey(gateway: Gateway, db: Queryable, apiKeyId: string): Promise<Buffer> {
  const rows = await db.query<{ sealed: Buffer | null }>(
    "select callback_key_sealed as sealed from api_keys where id = $1",
    [apiKeyId],
  );
  const sealed = rows[0]?.sealed;
  if (sealed === undefined || sealed === null) throw new Error(`key ${apiKeyId} has no callback key`);
  return gateway.seal.open(sealed, sealPurposes.callbackKey);
}

/**
 * AES-256-CBC with an HMAC-SHA256 over base64(iv) and base64(value), as base64 of JSON `{iv, value, mac, tag}`: the
 * envelope that shops of the hosted service already know how to open.
 */
export function encryptEnvelope(key: Uint8Array, iv: Uint8Array, text: string): string {
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  const value = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]).toString("base64");
  const ivText = Buffer.from(iv).toString("base64");
  const mac = createHmac("sha256", key)
    .update(ivText + value)
    .digest("hex");
  return Buffer.from(JSON.stringify({ iv: ivText, value, mac, tag: "" })).toString("base64");
}

/** The fields of a callback that prove nothing by themselves. */
export function plainWireFields(payload: WirePayload): Record<string, string> {
  return {
    encoded_transaction_data: payload.encoded,
    receipt_url: payload.receiptUrl,
    hide_page_header: "1",
    fpx_sellerOrderNo: payload.sellerOrderNo,
  };
}

/** The fields of a callback, the same whether the browser or the gateway carries them. */
export async function wireFields(gateway: Gateway, payload: WirePayload): Promise<Record<string, string>> {
  const key = await callbackKey(gateway, gateway.db, payload.apiKeyId);
  const { encoded_transaction_data: encoded = "", ...others } = plainWireFields(payload);
  const encrypted = encryptEnvelope(key, gateway.random.bytes(16), encoded);
  return { encoded_transaction_data: encoded, encrypted_transaction_data: encrypted, ...others };
}
