import { beginAttempt } from "../payments/begin-attempt.ts";
import type { NewPayment } from "../payments/create-payment.ts";
import type { Attempt } from "../payments/payment.ts";
import { handedOff } from "./handed-off.ts";
import type { TestCore } from "./test-core.ts";

/** Buyers at their banks, and what has become of their payments. */
export interface SettlementScene {
  /** A buyer who was sent to a bank, for an invoice of its own unless one is named. */
  handOff(change?: Partial<NewPayment>): Promise<Attempt>;
  handOffs(count: number): Promise<Attempt[]>;
  /** The same buyer is sent to a bank once more. */
  again(attempt: Attempt): Promise<Attempt>;
  /** The statuses of the attempts' payments, in their order. */
  statuses(attempts: readonly Attempt[]): Promise<string[]>;
  /** What is owed to merchants (`merchant`), to buyers (`returns`) and by the network (`exchange`, below zero), in sen. */
  owed(attempts: readonly Attempt[]): Promise<Record<string, number>>;
}

export function settlementScene(core: TestCore): SettlementScene {
  const { db } = core.gateway;
  let invoices = 0;
  const handOff = (change: Partial<NewPayment> = {}) => {
    invoices += 1;
    return handedOff(core, { invoice: `SCENE-${invoices}`, expiresInS: 3600, ...change });
  };
  const paymentsOf = (attempts: readonly Attempt[]) => [attempts.map(({ paymentId }) => paymentId)];
  return {
    handOff,
    handOffs: (count) => Promise.all(Array.from({ length: count }, () => handOff())),
    async again({ paymentId }) {
      const [row] = await db.query<{ id: string }>("select checkout_id as id from payments where id = $1", [paymentId]);
      const choice = { bankId: "MB2U0227", model: "b2c", locale: "en", confirmed: true } as const;
      const begun = await beginAttempt(core.gateway, row?.id ?? "", choice);
      if (begun.kind !== "handed_off") throw new Error(`the buyer was not sent to a bank: ${begun.kind}`);
      return begun.attempt;
    },
    async statuses(attempts) {
      const rows = await db.query<{ status: string }>(
        "select status from payments p join unnest($1::text[]) with ordinality asked (id, place) using (id) order by place",
        paymentsOf(attempts),
      );
      return rows.map(({ status }) => status);
    },
    async owed(attempts) {
      const rows = await db.query<{ account: string; total: number }>(
        `select split_part(account, ':', 1) as account, -sum(amount_sen)::bigint as total from ledger_postings l
         join ledger_transactions t on t.id = l.transaction_id where t.payment_id = any($1) group by 1`,
        paymentsOf(attempts),
      );
      return Object.fromEntries(rows.map(({ account, total }) => [account, total]));
    },
  };
}
