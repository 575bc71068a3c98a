import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import type { Random } from "./random.ts";

/** Encrypts the few secrets that must be used again and so cannot be hashed. */
export interface Seal {
  close(plain: Uint8Array, purpose: SealPurpose): Buffer;
  /** Throws when the text was altered, or sealed under another master key or for another purpose. */
  open(sealed: Uint8Array, purpose: SealPurpose): Buffer;
}

/** What each kind of sealed secret is sealed for; one sealed for another purpose does not open. */
export const sealPurposes = {
  signingSecret: "signing secret",
  callbackKey: "callback key",
  endpointSecret: "webhook endpoint secret",
  keptAnswer: "kept answer",
} as const;
export type SealPurpose = (typeof sealPurposes)[keyof typeof sealPurposes];

const version = 1;
/** Said aloud, since Node would take a shorter tag, which is sooner guessed. */
const tag = { authTagLength: 16 };

/**
 * AES-256-GCM under the master key. Layout: version, four bytes that name the key, nonce (12), tag (16), text.
 * @param masterKey 32 bytes
 */
export function createSeal(masterKey: Uint8Array, random: Random): Seal {
  if (masterKey.length !== 32) throw new RangeError("the master key must be 32 bytes");
  const keyId = createHash("sha256").update("key id").update(masterKey).digest().subarray(0, 4);
  return {
    close(plain, purpose) {
      const nonce = Buffer.from(random.bytes(12));
      const cipher = createCipheriv("aes-256-gcm", masterKey, nonce, tag).setAAD(Buffer.from(purpose));
      const text = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([Buffer.from([version]), keyId, nonce, cipher.getAuthTag(), text]);
    },
    open(sealed, purpose) {
      const bytes = Buffer.from(sealed);
      if (bytes[0] !== version || !bytes.subarray(1, 5).equals(keyId)) {
        throw new Error(`a secret for "${purpose}" was sealed under another master key; restore that key's file`);
      }
      const nonce = bytes.subarray(5, 17);
      const decipher = createDecipheriv("aes-256-gcm", masterKey, nonce, tag).setAAD(Buffer.from(purpose));
      decipher.setAuthTag(bytes.subarray(17, 33));
      return Buffer.concat([decipher.update(bytes.subarray(33)), decipher.final()]);
    },
  };
}
