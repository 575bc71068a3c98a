import { SignatureVerificationError } from "../errors/signature-verification-error.ts";
import { type Bytes, fromBase64, fromHex, hmacKey, toBase64, toHex, utf8 } from "../webhooks/bytes.ts";

/** The 32 bytes that both sides derive from the merchant key: HKDF-SHA256 without salt. */
async function keyBytes(merchantKey: string): Promise<Bytes> {
  const material = await crypto.subtle.importKey("raw", utf8(merchantKey), "HKDF", false, ["deriveBits"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8("kineticpay callback v1") };
  return new Uint8Array(await crypto.subtle.deriveBits(how, material, 256));
}

const cipherKey = (bytes: Bytes) => crypto.subtle.importKey("raw", bytes, "AES-CBC", false, ["encrypt", "decrypt"]);

/** Seals a text as the gateway does, for tests: base64 of JSON `{iv, value, mac, tag}`. */
export async function sealEnvelope(merchantKey: string, text: string): Promise<string> {
  const key = await keyBytes(merchantKey);
  const iv = crypto.getRandomValues(new Uint8Array(16));
  const sealed = await crypto.subtle.encrypt({ name: "AES-CBC", iv }, await cipherKey(key), utf8(text));
  const parts = { iv: toBase64(iv), value: toBase64(new Uint8Array(sealed)) };
  const mac = await crypto.subtle.sign("HMAC", await hmacKey(key), utf8(parts.iv + parts.value));
  return toBase64(utf8(JSON.stringify({ ...parts, mac: toHex(new Uint8Array(mac)), tag: "" })));
}

interface Parts {
  readonly iv: string;
  readonly value: string;
  readonly mac: Bytes;
}

function partsOf(sealed: string): Parts | undefined {
  const bytes = fromBase64(sealed);
  if (bytes === undefined) return undefined;
  try {
    const { iv, value, mac, tag } = JSON.parse(new TextDecoder().decode(bytes)) as Readonly<Record<string, unknown>>;
    const macBytes = typeof mac === "string" ? fromHex(mac) : undefined;
    // The iv has one length: the MAC does not tell where it ends and the value begins.
    const isWhole =
      typeof iv === "string" && /^[A-Za-z0-9+/]{22}==$/.test(iv) && typeof value === "string" && tag === "";
    return isWhole && macBytes !== undefined ? { iv, value, mac: macBytes } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Opens `encrypted_transaction_data`: AES-256-CBC under an HMAC-SHA256, which is checked first.
 * @throws SignatureVerificationError when it was not made with this merchant key, or is not whole
 */
export async function openEnvelope(merchantKey: string, sealed: string): Promise<string> {
  const parts = partsOf(sealed);
  const iv = parts === undefined ? undefined : fromBase64(parts.iv);
  const value = parts === undefined ? undefined : fromBase64(parts.value);
  if (parts === undefined || iv === undefined || value === undefined) {
    throw new SignatureVerificationError(
      "envelope_malformed",
      "encrypted_transaction_data is not what the gateway sends: base64 of JSON with iv, value, mac and tag. Pass the field as the form decoder gave it; decoded twice, its plus signs become spaces.",
    );
  }
  const key = await keyBytes(merchantKey);
  if (!(await crypto.subtle.verify("HMAC", await hmacKey(key), parts.mac, utf8(parts.iv + parts.value)))) {
    throw new SignatureVerificationError(
      "secret_wrong",
      "encrypted_transaction_data was not made with this merchant key. It is that of another collection, it was rolled after the payment was asked for, or somebody else made this callback.",
    );
  }
  return new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-CBC", iv }, await cipherKey(key), value));
}
