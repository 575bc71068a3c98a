/** What each kind of object's id begins with. */
export const idPrefixes = {
  merchant: "mer",
  collection: "col",
  apiKey: "key",
  payment: "pay",
  attempt: "att",
  checkout: "cs",
  event: "evt",
  delivery: "dlv",
  case: "cas",
  request: "req",
  transaction: "txn",
  message: "msg",
  audit: "aud",
  fault: "flt",
} as const;

export type IdKind = keyof typeof idPrefixes;

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Crockford base 32 of the last `length` × 5 bits of a number below 2^53. */
function base32(value: number, length: number): string {
  let rest = value;
  let text = "";
  for (let i = 0; i < length; i += 1) {
    text = alphabet.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/**
 * A new id: prefix, 48 bits of time in milliseconds, 80 random bits, in the form of a ULID. Ids made later sort later,
 * which keeps the newest rows of a table together and lets a list be paged by id alone.
 * @param bytes exactly ten random bytes
 */
export function newId(kind: IdKind, nowMs: number, bytes: Uint8Array): string {
  if (bytes.length !== 10) throw new RangeError("an id takes ten random bytes");
  let tail = "";
  for (let i = 0; i < 10; i += 5) {
    const chunk = bytes.subarray(i, i + 5).reduce((sum, byte) => sum * 256 + byte, 0);
    tail += base32(chunk, 8);
  }
  return `${idPrefixes[kind]}_${base32(nowMs, 10)}${tail}`;
}

/** The first id that could have been made at that moment: whatever was made before sorts before it. */
export function idAtTime(kind: IdKind, atMs: number): string {
  return newId(kind, Math.max(0, atMs), new Uint8Array(10));
}

/** True when the text has the form of an id of that kind; anything else cannot exist and need not be looked up. */
export function isId(kind: IdKind, text: string): boolean {
  const prefix = idPrefixes[kind];
  return (
    text.length === prefix.length + 27 &&
    text.startsWith(`${prefix}_`) &&
    /^[0-9A-HJKMNP-TV-Z]{26}$/.test(text.slice(prefix.length + 1))
  );
}
