/** The largest amount that is ever handled, in sen: RM 10 million, ten times the highest FPX limit. */
export const largestAmountSen = 1_000_000_000;

/** True for a whole number of sen that can be a payment's amount. */
export function isAmountSen(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1 && value <= largestAmountSen;
}

/** Throws a RangeError unless the value is an amount in sen; the last net before money is written anywhere. */
export function assertAmountSen(value: unknown): asserts value is number {
  if (!isAmountSen(value)) throw new RangeError(`not an amount in sen: ${String(value)}`);
}

const ringgitForm = /^(0|[1-9]\d{0,7})(?:\.(\d{1,2}))?$/;

/**
 * Reads ringgit as people write them ("2", "2.5", "10.50") into sen, without floating point.
 * @returns undefined when the text is no amount, or has more than two decimals
 */
export function senFromRinggit(text: string): number | undefined {
  const match = ringgitForm.exec(text);
  if (match === null) return undefined;
  const sen = Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
  return isAmountSen(sen) ? sen : undefined;
}

/** Prints sen as ringgit with two places, as FPX and the wire protocol want it: 200 becomes "2.00". */
export function ringgitFromSen(amountSen: number): string {
  assertAmountSen(amountSen);
  return `${Math.floor(amountSen / 100)}.${String(amountSen % 100).padStart(2, "0")}`;
}
