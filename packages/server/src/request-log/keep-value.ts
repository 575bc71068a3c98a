import { errorCodes } from "@kineticpay/contract/errors/catalogue";
import { locales, paymentModels, paymentStatuses } from "@kineticpay/contract/payment";
import type { Keeping } from "./known-members.ts";

/** Stands for what is left out. It never has the form of a value, so nobody takes it for one. */
export const notKept = "(not kept)";

const secretForms =
  /kp_(?:test|live)_[0-9A-Za-z]{5,}|whsec_[0-9A-Za-z+/=]{8,}|\b[sprk]k_(?:live|test)_[0-9A-Za-z]+|eyJ[\w-]{8,}\.[\w.-]+|-----BEGIN[\s\S]*|\b(?:Bearer|Basic)\s+\S{6,}/gi;

/** True for digits whose last one checks the rest, as on every card (ISO/IEC 7812-1). */
function isCardNumber(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** Shorter than any of those forms. */
const shortestSecret = 9;

/** Takes out what has the form of a secret or a card number, and every secret that is known to be one. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length >= 4 && clean.includes(secret)) clean = clean.replaceAll(secret, notKept);
  }
  if (clean.length < shortestSecret) return clean;
  return clean
    .replace(secretForms, notKept)
    .replace(/\b\d{13,19}\b/g, (digits) => (isCardNumber(digits) ? notKept : digits));
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
  const isPlain = /^(v\d|[a-z_]{1,20})$/.test(segment);
  return segment === "" || isPlain || /^\d{1,9}$/.test(segment) || ownId.test(segment) ? segment : notKept;
}

/** The path of a call, its odd steps left out. */
export function keepPath(path: string): string {
  return path.slice(0, 400).split("/").slice(0, 12).map(keepSegment).join("/");
}

/** An address of the gateway as its routes are written, `POST /api/v2/payments/:id`: what a path may hold, and parameters. */
export function keepAddress(text: string): string {
  const [, method = "", address = ""] = /^([A-Z]{3,7} )?(.*)$/s.exec(text) ?? [];
  const steps = address.slice(0, 400).split("/").slice(0, 12);
  return `${method}${steps.map((step) => (/^(:[a-z]{1,12}|\*)$/.test(step) ? step : keepSegment(step))).join("/")}`;
}

function keepUrl(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    // Without its scheme it is still plain what was meant.
    const bare = /^(?:[a-z0-9-]{1,20}\.){1,3}(?:[a-z]{2,4}|example|store|online)(?=[/:]|$)/i.exec(text)?.[0];
    return bare === undefined ? measured(text) : `${bare}/`;
  }
  const url = new URL(text);
  const path = url.pathname
    .split("/")
    .map((segment) =>
      /^[A-Za-z]{1,12}(\.[a-z]{2,4})?$/.test(segment) || /^\d{1,9}$/.test(segment) || segment === "" ? segment : "x",
    )
    .join("/");
  const names = [...new Set(url.searchParams.keys())].slice(0, 10);
  const query = names.map((name) => `${/^[a-z_]{1,16}$/i.test(name) ? name : "x"}=x`).join("&");
  return `${url.protocol}//${url.host}${path}${query === "" ? "" : `?${query}`}`.slice(0, 300);
}

/** The words that a caller can choose from. Nothing that is not one of them can be told from a secret. */
const choices: ReadonlySet<string> = new Set<string>([
  ...paymentModels,
  ...paymentStatuses,
  ...locales,
  ...errorCodes,
  ...["myr", "rm", "sgd", "usd", "true", "false", "api_key", "merchant_key", "commit"],
  ...["payments:read", "payments:write", "manage"],
  ...["200", "401", "403", "404", "429", "500", "502", "503", "504"],
]);

const keepers: Readonly<Record<Exclude<Keeping, "inside" | "nothing" | "number">, (text: string) => string>> = {
  choice: (text) => (choices.has(text.toLowerCase()) ? text : measured(text)),
  bank: (text) => (/^[A-Z][A-Z0-9]{2,3}0\d{3}$/i.test(text.trim()) ? text : measured(text)),
  id: (text) => (ownId.test(text) ? text : measured(text)),
  route: (text) => (/^\/(api|payment)\/[a-z0-9_/:]{1,60}$/.test(text) && !looksLikeToken(text) ? text : measured(text)),
  own: (text) => (ownId.test(text) || (/^[\w.:-]{0,40}$/.test(text) && !looksLikeToken(text)) ? text : measured(text)),
  invoice: (text) => (text.length <= 64 && !/\p{Cc}/u.test(text) ? text : measured(text)),
  url: keepUrl,
  email: (text) =>
    /^[^@]+@[^@]+$/.test(text) ? `${text[0]}…@…${/\.[a-z]{2,12}$/i.exec(text)?.[0] ?? ""}` : measured(text),
  person: measured,
  phone: (text) => (/^[+\d ()-]{5,24}$/.test(text) ? `…${text.slice(-2)}` : measured(text)),
  time: (text) => (/^\d{4}-[\dT:.Z+ -]{2,30}$/.test(text) ? text : measured(text)),
  text: measured,
  range: (text) => (/^[\da-fA-F.:/]{2,49}$/.test(text) ? text : measured(text)),
};

/** What these keep could hold a secret in the midst of it. */
const loose: ReadonlySet<Keeping> = new Set<Keeping>(["invoice", "url", "own"]);

/** Members that are one text and may hold almost any. */
export function isOneText(keeping: Keeping): boolean {
  return keeping === "invoice" || keeping === "url";
}

/** A value without members, kept as its member's rule says. */
export function keepScalar(value: unknown, keeping: Keeping, secrets: readonly string[]): unknown {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return keeping === "nothing" || Math.abs(value) >= 1e10 ? notKept : value;
  if (typeof value !== "string" || keeping === "nothing") return notKept;
  if (keeping === "number")
    return /^[\d.,+\-eE RM]{0,12}$/.test(value) && !/\d{11}/.test(value) ? value : measured(value);
  const rule = keepers[keeping === "inside" ? "text" : keeping];
  // Of the others no more is left than a form that no secret has.
  return loose.has(keeping) ? rule(withoutSecrets(value, secrets)) : rule(value);
}
