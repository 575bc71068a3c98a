import type { Patient } from "./check.ts";

/** What a report must not hold, by the word that is put in its place. */
export type PrivateWords = Readonly<Record<string, string>>;

/** The names that a key's own answer has told, and this machine's folder of the person. */
export function privateWords({ whoami }: Patient, home: string): PrivateWords {
  if (whoami === undefined) return { "~": home };
  const { merchant, collection, key, address } = whoami;
  const isHere = /^(127\.|::1$)/.test(address);
  return {
    "[merchant]": merchant.name,
    "[collection]": collection.name,
    "[key]": key.name,
    ...(isHere ? {} : { "[address]": address }),
    "~": home,
  };
}

function without(text: string, words: PrivateWords): string {
  // The longest first: one name may be a part of another.
  const entries = Object.entries(words).filter(([, word]) => word.length > 1);
  entries.sort(([, a], [, b]) => b.length - a.length);
  return entries.reduce((rest, [sign, word]) => rest.replaceAll(word, sign), text);
}

/** Takes out of a text what is nobody else's business: keys, secrets, ids of objects, names, hosts, addresses, folders. */
export function redact(text: string, words: PrivateWords): string {
  return without(text, words)
    .replace(/\bkp_(test|live)_[0-9A-Za-z]+/g, "kp_$1_…")
    .replace(/\bwhsec_[A-Za-z0-9+/=]+/g, "whsec_…")
    .replace(/\b(key|col|mer|whe|pay|evt|dlv)_[0-9A-HJKMNP-TV-Z]{26}\b/g, "$1_…")
    .replace(/\b(https?):\/\/([^\s/:]+|\[[^\]]+\])/g, (whole, scheme: string, host: string) =>
      /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(host) ? whole : `${scheme}://[host]`,
    )
    .replace(/\b(?!127\.)(\d{1,3}\.\d{1,3})\.\d{1,3}\.\d{1,3}\b/g, "$1.x.x")
    .replace(/\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}\b/gi, "[address]");
}
