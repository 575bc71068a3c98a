import { constants, createVerify, type KeyObject, sign as signBytes } from "node:crypto";
import { textFault } from "./decode-form.ts";
import { type FpxFields, FpxFormatError } from "./messages.ts";

/** FPX signs with SHA-1 today; SHA-256 is there for the day it changes. */
export type FpxDigest = "sha1" | "sha256";

const keyBits = 2048;

/**
 * Joins the values of `order` with bars, blanks included. Fields outside `order` do not count.
 *
 * @throws FpxFormatError when a field of `order` is missing, or holds a bar or control character, which would let two
 * different messages share one source string
 */
export function sourceString(fields: FpxFields, order: readonly string[]): string {
  return order
    .map((field) => {
      const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
      if (value === undefined) throw new FpxFormatError("The message lacks a signed field", field);
      const fault = textFault(value);
      if (fault !== undefined) throw new FpxFormatError(fault, field);
      return value;
    })
    .join("|");
}

/**
 * Returns the fields with `fpx_checkSum`: RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2) over the source string, as
 * upper-case hexadecimal.
 *
 * @throws FpxFormatError as {@link sourceString}
 * @throws TypeError when the key is not a 2048-bit RSA private key, since FPX takes 512 digits and no more
 */
export function sign(
  fields: FpxFields,
  order: readonly string[],
  privateKey: KeyObject,
  digest: FpxDigest = "sha1",
): FpxFields {
  if (privateKey.type !== "private" || rsaBits(privateKey) !== keyBits) {
    throw new TypeError(`FPX messages are signed with an RSA private key of ${keyBits} bits`);
  }
  const source = Buffer.from(sourceString(fields, order), "utf8");
  const signature = signBytes(digest, source, { key: privateKey, padding: constants.RSA_PKCS1_PADDING });
  return { ...fields, fpx_checkSum: signature.toString("hex").toUpperCase() };
}

/**
 * Whether `fpx_checkSum` is the signature of exactly these fields under this key. Anything amiss (a checksum that is
 * missing, short or not hexadecimal, a signed field that is missing, a key that is not RSA of at least 2048 bits)
 * is `false`, never an exception: the caller's only question is whether to believe the message.
 */
export function verify(
  fields: FpxFields,
  order: readonly string[],
  publicKey: KeyObject,
  digest: FpxDigest = "sha1",
): boolean {
  const checksum = Object.hasOwn(fields, "fpx_checkSum") ? fields["fpx_checkSum"] : undefined;
  const bits = rsaBits(publicKey);
  if (checksum === undefined || bits < keyBits || checksum.length !== Math.ceil(bits / 8) * 2) return false;
  if (!/^[0-9A-Fa-f]+$/.test(checksum)) return false;
  try {
    return createVerify(digest)
      .update(sourceString(fields, order), "utf8")
      .verify({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(checksum, "hex"));
  } catch (error) {
    if (error instanceof FpxFormatError) return false;
    throw error;
  }
}

function rsaBits(key: KeyObject): number {
  return key.asymmetricKeyType === "rsa" ? (key.asymmetricKeyDetails?.modulusLength ?? 0) : 0;
}
