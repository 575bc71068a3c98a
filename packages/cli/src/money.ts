import { ringgitFromSen, senFromRinggit } from "@kineticpay/contract/money";
import { usageError } from "./cli-error.ts";

/** An amount for people: 1250 sen is "RM 12.50". */
export function ringgitWords(amountSen: number): string {
  return `RM ${ringgitFromSen(amountSen).replace(/\B(?=(\d{3})+(?!\d))/, ",")}`;
}

/**
 * Reads an amount: whole sen as in the API, or ringgit marked as such.
 * @throws CliError usage. "12.50" alone is refused: beside an API in sen it would be guesswork
 */
export function readAmount(text: string, command: string): number {
  if (/^\d+$/.test(text) && Number(text) > 0) return Number(text);
  const ringgit = senFromRinggit(text.replace(/^RM\s*/i, "").replaceAll(",", ""));
  if (ringgit === undefined) throw usageError(`"${text}" is no amount. Give sen, or RM12.50.`, command);
  if (/^RM/i.test(text)) return ringgit;
  throw usageError(`"${text}" is neither sen nor marked as ringgit. Did you mean ${ringgit}, or RM${text}?`, command);
}
