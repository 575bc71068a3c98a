import { crc32 } from "node:zlib";
import type { Mode } from "../config.ts";
import type { Random } from "../seams/random.ts";

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const bodyLength = 30;
const checkLength = 6;

const prefixOf = { sandbox: "kp_test_", live: "kp_live_" } as const;

/** How a key looks, for messages. */
export const keyForm = "kp_test_ or kp_live_ followed by 36 letters and digits";

function checkOf(body: string): string {
  let rest = crc32(body);
  let text = "";
  for (let i = 0; i < checkLength; i += 1) {
    text = base62.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** A new API key: 30 random base-62 characters (178 bits) and a checksum, so that scanners can recognise a leaked one. */
export function newApiKey(mode: Mode, random: Random): string {
  let body = "";
  while (body.length < bodyLength) {
    for (const byte of random.bytes(48)) {
      // 248 is the largest multiple of 62 in a byte: taking more would favour the first letters.
      if (byte < 248 && body.length < bodyLength) body += base62.charAt(byte % 62);
    }
  }
  return `${prefixOf[mode]}${body}${checkOf(body)}`;
}

/** Which gateway mode a well-formed key is for; undefined when the text cannot be a key of ours. */
export function modeOfKey(key: string): Mode | undefined {
  const mode = key.startsWith(prefixOf.sandbox) ? "sandbox" : key.startsWith(prefixOf.live) ? "live" : undefined;
  if (mode === undefined) return undefined;
  const rest = key.slice(prefixOf[mode].length);
  if (rest.length !== bodyLength + checkLength || !/^[0-9A-Za-z]+$/.test(rest)) return undefined;
  return checkOf(rest.slice(0, bodyLength)) === rest.slice(bodyLength) ? mode : undefined;
}

/** What may be shown of a key: how it begins and how it ends, and of a short or foreign one even less. */
export function hintOfKey(key: string): string {
  const printable = key.replace(/[^\x21-\x7e]/g, "?");
  const prefix = /^kp_(test|live)_/.exec(printable)?.[0] ?? "";
  return printable.length < prefix.length + 12 ? `${prefix}…` : `${prefix}…${printable.slice(-4)}`;
}
