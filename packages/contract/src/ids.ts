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
  deliveryAttempt: "dla",
  webhookEndpoint: "whe",
  case: "cas",
  request: "req",
  transaction: "txn",
  message: "msg",
  audit: "aud",
  fault: "flt",
  bankStatusChange: "bsc",
  verification: "ver",
} as const;

export type IdKind = keyof typeof idPrefixes;

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** Ten bits each: an id is made for every call, so it is put together from pairs. */
const pairs = Array.from({ length: 1024 }, (_, i) => alphabet.charAt(i >> 5) + alphabet.charAt(i & 31));

/** Crockford base 32 of the last `length` × 5 bits of a number below 2^53; the length is even. */
function base32(value: number, length: number): string {
  let rest = value;
  let text = "";
  for (let i = 0; i < length; i += 2) {
    text = pairs[rest % 1024] + text;
    rest = Math.floor(rest / 1024);
  }
  return text;
}

/** Forty bits, ten at a time. */
function fiveBytes(bytes: Uint8Array, at: number): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3], bytes[at + 4]];
  const first = `${pairs[(a << 2) | (b >> 6)]}${pairs[((b & 63) << 4) | (c >> 4)]}`;
  return `${first}${pairs[((c & 15) << 6) | (d >> 2)]}${pairs[((d & 3) << 8) | e]}`;
}

let writtenMs = -1;
let written = "";

/** The time's part of an id; under load many ids are made in one millisecond. */
function timePart(nowMs: number): string {
  if (nowMs !== writtenMs) {
    written = base32(nowMs, 10);
    writtenMs = nowMs;
  }
  return written;
}

/**
 * A new id: prefix, 48 bits of time in milliseconds, 80 random bits, in the form of a ULID. Ids made later sort later,
 * which keeps the newest rows of a table together and lets a list be paged by id alone.
 * @param bytes exactly ten random bytes
 */
export function newId(kind: IdKind, nowMs: number, bytes: Uint8Array): string {
  if (bytes.length !== 10) throw new RangeError("an id takes ten random bytes");
  return `${idPrefixes[kind]}_${timePart(nowMs)}${fiveBytes(bytes, 0)}${fiveBytes(bytes, 5)}`;
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
