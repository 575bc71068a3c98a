import { isAmountSen, ringgitFromSen, senFromRinggit } from "@kineticpay/contract/money";
import { isMasked } from "./repair-value.ts";

/** What a shop sent for an amount, read; `isGuess` where it could have meant another sum. */
export interface ReadAmount {
  readonly sen: number;
  readonly isGuess: boolean;
}

const currency = /^(rm|myr)\s*/i;
const grouped = /^\d{1,3}(,\d{3})+(\.\d+)?$/;

function withoutCurrency(value: unknown): { text: string; hasCurrency: boolean } {
  const text = typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
  return { text: text.replace(currency, "").trim(), hasCurrency: currency.test(text) };
}

/** Ringgit as people and databases write them. Three decimals may as well be thousands, so those are not read. */
function senFromText(text: string): number | undefined {
  const plain = grouped.test(text) ? text.replaceAll(",", "") : text.replace(",", ".");
  return senFromRinggit(plain.replace(/^0+(?=\d)/, "").replace(/(\.\d\d)00$/, "$1"));
}

/** Ringgit, as the wire protocol takes them; undefined for what is no sum above zero, or could be several. */
export function readRinggit(value: unknown): ReadAmount | undefined {
  const { text } = withoutCurrency(value);
  const sen = senFromText(text);
  return sen === undefined ? undefined : { sen, isGuess: text.includes(",") };
}

/**
 * Sen, as the v2 API takes them. Sen have no decimals, so 12.5 is taken for ringgit; 1250.00 can be either, and is not read.
 * Nor is what is below zero: a charge is not what was meant.
 */
export function readSen(value: unknown): ReadAmount | undefined {
  const { text, hasCurrency } = withoutCurrency(value);
  if (!hasCurrency && /^[\d,]+$/.test(text) && (grouped.test(text) || !text.includes(","))) {
    const sen = Number(text.replaceAll(",", ""));
    return isAmountSen(sen) ? { sen, isGuess: text.includes(",") } : undefined;
  }
  const sen = senFromText(text);
  const isEither = !hasCurrency && /[.,]0+$/.test(text);
  return sen === undefined || isEither ? undefined : { sen, isGuess: !hasCurrency };
}

/** True for what asks for less than nothing, which is how a refund is tried. */
export function isBelowZero(value: unknown): boolean {
  return (
    (typeof value === "string" || typeof value === "number") &&
    /^\s*((rm|myr)\s*)?-\s*(rm\s*)?[\d.,]*[1-9]/i.test(String(value))
  );
}

/** A sum for people. */
export function inRinggit(sen: number): string {
  return isAmountSen(sen) ? `RM ${ringgitFromSen(sen)}` : `${sen} sen`;
}

export const noRefunds =
  "There is no call for refunds: an amount below zero is refused, and one above zero would charge the buyer once more. Pay the buyer back from your bank.";

/** What to say of an amount that only its caller can name. The line has a variable in its place, so it fails until it is set. */
export function chooseAmount(unit: "sen" | "ringgit", range = ""): string {
  const form = unit === "sen" ? "in sen (1250 is RM 12.50)" : "in ringgit (such as 12.50)";
  const taken = range === "" ? "" : `; ${range} are taken`;
  return `Only you know the sum, so the line has none: set AMOUNT to it, ${form}${taken}.`;
}

/** Why an amount was not read. */
export function whyUnread(value: unknown): string {
  if (isMasked(value)) return "The log does not keep what was sent.";
  const shown = JSON.stringify(value);
  return isBelowZero(value) ? `${shown} is below zero.` : `${shown} cannot be read as one sum above zero.`;
}
