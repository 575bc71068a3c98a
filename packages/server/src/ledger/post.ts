import type { LedgerKind, Posting } from "./posting.ts";

/** One ledger transaction: what is booked for one attempt's money. */
export interface LedgerEntry {
  readonly id: string;
  readonly merchantId: string;
  readonly paymentId: string;
  readonly attemptId: string;
  readonly kind: LedgerKind;
  readonly postings: readonly Posting[];
  readonly at: Date;
}

/**
 * A ledger transaction and its lines, as a row of JSON for `postText`.
 * @throws RangeError when the lines do not add up to nothing
 */
export function entryRow(entry: LedgerEntry) {
  const total = entry.postings.reduce((sum, posting) => sum + posting.amountSen, 0);
  if (entry.postings.length < 2 || total !== 0)
    throw new RangeError(`ledger entry ${entry.id} does not balance: ${total}`);
  return {
    id: entry.id,
    merchant_id: entry.merchantId,
    payment_id: entry.paymentId,
    attempt_id: entry.attemptId,
    kind: entry.kind,
    created_at: entry.at,
    accounts: entry.postings.map((posting) => posting.account),
    amounts: entry.postings.map((posting) => posting.amountSen),
  };
}

/**
 * The parts of a statement that write ledger transactions and their lines. The database refuses a second one of the same
 * kind for one attempt, and checks the sums once more at commit.
 * @param rows what follows `from` and gives rows of `entryRow`; its last item is a function that reads records from JSON
 */
export function postText(rows: string): string {
  return `entry as materialized (
      select entry.* from ${rows} as entry (id text, merchant_id text, payment_id text, attempt_id text, kind text,
        created_at timestamptz, accounts text[], amounts bigint[])
      where entry.id is not null
    ), booked as (
      insert into ledger_transactions (id, merchant_id, payment_id, attempt_id, kind, created_at)
      select id, merchant_id, payment_id, attempt_id, kind, created_at from entry
    ), posted as (
      insert into ledger_postings (transaction_id, line, account, currency, amount_sen)
      select entry.id, line.number, line.account, 'MYR', line.amount_sen
      from entry, unnest(entry.accounts, entry.amounts) with ordinality as line (account, amount_sen, number)
    )`;
}
