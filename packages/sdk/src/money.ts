import { ringgitFromSen, senFromRinggit } from "@kineticpay/contract/money";

/**
 * Ringgit as people write them, as whole sen: `sen("12.50")` is 1250. Without floating point, so no sen is lost.
 * @param ringgit text with at most two decimals, from "0.01" to "10000000"; numbers are not taken, since 0.1 + 0.2 is not 0.3
 * @throws RangeError for anything else, such as "1,250.00", "12.505" or "RM 5"
 */
export function sen(ringgit: string): number {
  const amount = typeof ringgit === "string" ? senFromRinggit(ringgit.trim()) : undefined;
  if (amount !== undefined) return amount;
  const seen = typeof ringgit === "string" ? JSON.stringify(ringgit.slice(0, 40)) : `a ${typeof ringgit}`;
  throw new RangeError(`${seen} is no amount in ringgit: write it as text with at most two decimals, such as "12.50"`);
}

/**
 * Whole sen as ringgit with two decimals: `ringgit(1250)` is "12.50".
 * @param amountSen a whole number of sen, from 1 to 1,000,000,000
 * @throws RangeError for anything else
 */
export function ringgit(amountSen: number): string {
  return ringgitFromSen(amountSen);
}
