import type { Keeping } from "./known-members.ts";

/** Stands for what is left out. It never has the form of a value, so nobody takes it for one. */
export const notKept = "(not kept)";

const secretForms =
  /kp_(?:test|live)_[0-9A-Za-z]{5,}|whsec_[0-9A-Za-z+/=]{8,}|\b[sprk]k_(?:live|test)_[0-9A-Za-z]+|eyJ[\w-]{8,}\.[\w.-]+|-----BEGIN[\s\S]*|\b(?:Bearer|Basic)\s+\S{6,}|\b\d{13,19}\b/gi;

/** Takes out what has the form of a secret or a card number, and every secret that is known to be one. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length >= 4) clean = clean.replaceAll(secret, notKept);
  }
  return clean.replace(secretForms, notKept);
}

/** Letters and digits mixed at length: more likely a token than a word. */
function looksLikeToken(text: string): boolean {
  return text.length >= 20 && /\d/.test(text) && /[A-Za-z]/.test(text);
}

const ownId = /^[a-z]{2,4}_[0-9A-HJKMNP-TV-Z]{26}$/i;

function measured(text: string): string {
  return `(text of ${text.length} characters)`;
}

/** One step of a path: a word, a short number or an id of ours; anything else might be anything. */
export function keepSegment(segment: string): string {
  const isPlain = /^[a-z][a-z0-9_-]{0,30}$/.test(segment) && !looksLikeToken(segment);
  return segment === "" || isPlain || /^\d{1,9}$/.test(segment) || ownId.test(segment) ? segment : notKept;
}

/** The path of a call, its odd steps left out. */
export function keepPath(path: string): string {
  return path.slice(0, 400).split("/").slice(0, 12).map(keepSegment).join("/");
}

function keepUrl(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    // Without its scheme it is still plain what was meant.
    const bare = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?=[/:]|$)/i.exec(text)?.[0];
    return bare === undefined ? measured(text) : `${bare}/…`;
  }
  const url = new URL(text);
  const path = url.pathname
    .split("/")
    .map((segment) =>
      /^[A-Za-z._-]{1,30}$/.test(segment) || /^\d{1,9}$/.test(segment) || segment === "" ? segment : "x",
    )
    .join("/");
  const names = [...new Set(url.searchParams.keys())].slice(0, 10);
  const query = names.map((name) => `${/^[a-z_]{1,20}$/i.test(name) ? name : "x"}=x`).join("&");
  return `${url.protocol}//${url.host}${path}${query === "" ? "" : `?${query}`}`.slice(0, 300);
}

const keepers: Readonly<Record<Exclude<Keeping, "inside" | "nothing" | "number">, (text: string) => string>> = {
  word: (text) =>
    ownId.test(text) || (/^[\w.:/+-]{0,40}$/.test(text) && !looksLikeToken(text)) ? text : measured(text),
  invoice: (text) => (text.length <= 64 && !/\p{Cc}/u.test(text) ? text : measured(text)),
  url: keepUrl,
  email: (text) =>
    /^[^@]+@[^@]+$/.test(text) ? `${text[0]}…@…${/\.[a-z]{2,12}$/i.exec(text)?.[0] ?? ""}` : measured(text),
  person: measured,
  phone: (text) => (/^[+\d ()-]{5,24}$/.test(text) ? `…${text.slice(-2)}` : measured(text)),
  time: (text) => (/^[\dT:.Z+ -]{4,35}$/.test(text) ? text : measured(text)),
  text: measured,
  range: (text) => (/^[\da-fA-F.:/]{2,49}$/.test(text) ? text : measured(text)),
};

/** A value without members, kept as its member's rule says. */
export function keepScalar(value: unknown, keeping: Keeping, secrets: readonly string[]): unknown {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return keeping === "nothing" || Math.abs(value) >= 1e12 ? notKept : value;
  if (typeof value !== "string" || keeping === "nothing") return notKept;
  if (keeping === "number") return /^[\d.,+\-eE RM]{0,14}$/.test(value) ? value : measured(value);
  const rule = keepers[keeping === "inside" ? "word" : keeping];
  const clean = withoutSecrets(value, secrets);
  return withoutSecrets(rule(clean), secrets);
}
