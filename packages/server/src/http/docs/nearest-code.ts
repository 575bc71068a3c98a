import { errorCodes } from "@kineticpay/contract/errors/catalogue";

const lettersOf = (text: string) => text.toLowerCase().replace(/[^a-z]/g, "");

/** The code that somebody means who wrote it in another style, such as `KeyMissing` or `key-missing`; "" when none is meant. */
export function nearestErrorCode(text: string): string {
  const wanted = lettersOf(text);
  return errorCodes.find((code) => lettersOf(code) === wanted) ?? "";
}
