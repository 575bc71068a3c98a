import { createDecipheriv, createHmac, hkdfSync } from "node:crypto";

interface Envelope {
  readonly iv: string;
  readonly value: string;
  readonly mac: string;
  readonly tag: string;
}

/**
 * Opens `encrypted_transaction_data` with what a merchant has: its merchant key. Written from the protocol's
 * description and not from the gateway's code.
 * @throws when the MAC is not that of this key
 */
export function openEnvelope(merchantKey: string, encrypted: string): string {
  const key = Buffer.from(hkdfSync("sha256", merchantKey, "", "kineticpay callback v1", 32));
  const { iv, value, mac, tag } = JSON.parse(Buffer.from(encrypted, "base64").toString("utf8")) as Envelope;
  const expected = createHmac("sha256", key).update(`${iv}${value}`).digest("hex");
  if (mac !== expected || tag !== "" || Buffer.from(iv, "base64").toString("base64") !== iv)
    throw new Error("the envelope was not made with this merchant key");
  const decipher = createDecipheriv("aes-256-cbc", key, Buffer.from(iv, "base64"));
  return decipher.update(value, "base64", "utf8") + decipher.final("utf8");
}
