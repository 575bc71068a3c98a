import { assertAmountSen } from "@kineticpay/contract/money";

/** One line of the books: debits positive, credits negative, in sen. */
export interface Posting {
  readonly account: string;
  readonly amountSen: number;
}

export type LedgerKind = "payment" | "duplicate";

/**
 * The chart of accounts. `exchange` is what the bank network owes for the money it confirmed; `merchant` is what is
 * owed to the merchant; `returns` is what is owed back to buyers who paid twice.
 */
export const accounts = {
  exchange: (rail: string) => `exchange:${rail}`,
  merchant: (merchantId: string) => `merchant:${merchantId}`,
  returns: (merchantId: string) => `returns:${merchantId}`,
} as const;

/** The lines that book a buyer's money once: for the merchant, or, the second time, for the buyer. Their sum is nothing. */
export function postingsFor(
  kind: LedgerKind,
  rail: string,
  merchantId: string,
  amountSen: number,
): readonly [Posting, Posting] {
  assertAmountSen(amountSen);
  const creditor = kind === "payment" ? accounts.merchant(merchantId) : accounts.returns(merchantId);
  return [
    { account: accounts.exchange(rail), amountSen },
    { account: creditor, amountSen: -amountSen },
  ];
}
