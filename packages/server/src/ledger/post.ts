import type { Tx } from "../db/db.ts";
import type { LedgerKind, Posting } from "./posting.ts";

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
 * Writes one ledger transaction and its lines.
 * @throws RangeError when the lines do not add up to nothing; the database refuses a second entry of the same kind for
 * one attempt, and checks the sum once more at commit
 */
export async function post(tx: Tx, entry: LedgerEntry): Promise<void> {
  const total = entry.postings.reduce((sum, posting) => sum + posting.amountSen, 0);
  if (entry.postings.length < 2 || total !== 0)
    throw new RangeError(`ledger entry ${entry.id} does not balance: ${total}`);
  await tx.query(
    `with entry as (
       insert into ledger_transactions (id, merchant_id, payment_id, attempt_id, kind, created_at)
       values ($1, $2, $3, $4, $5, $6) returning id)
     insert into ledger_postings (transaction_id, line, account, currency, amount_sen)
     select entry.id, line.number, line.account, 'MYR', line.amount_sen
     from entry, unnest($7::text[], $8::bigint[]) with ordinality as line (account, amount_sen, number)`,
    [
      entry.id,
      entry.merchantId,
      entry.paymentId,
      entry.attemptId,
      entry.kind,
      entry.at,
      entry.postings.map((posting) => posting.account),
      entry.postings.map((posting) => posting.amountSen),
    ],
  );
}
