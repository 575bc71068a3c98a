import { column, type Tampering } from "./tampering.ts";

const booking = "transaction_id";

/** Bookings and their lines. */
export const inTheBooks: readonly Tampering[] = [
  {
    what: "a line's amount is flipped",
    seenBy: "books.balance",
    statements: (victim) => [
      `update ledger_postings set amount_sen = -amount_sen where transaction_id = ${victim("ledger_transactions")} and line = 1`,
    ],
  },
  {
    what: "both lines grow by a sen",
    seenBy: "chain.hashes",
    statements: (victim) =>
      column(victim, "ledger_postings", "amount_sen = amount_sen + sign(amount_sen)", "true", booking),
  },
  {
    what: "a line is removed",
    seenBy: "books.lines",
    statements: (victim) => [
      `delete from ledger_postings where transaction_id = ${victim("ledger_transactions")} and line = 2`,
    ],
  },
  {
    what: "a line is added",
    seenBy: "books.total",
    statements: (victim) => [
      `insert into ledger_postings values (${victim("ledger_transactions")}, 3, 'merchant:mer_g1', 'MYR', -1)`,
    ],
  },
  {
    what: "money is moved to another merchant's account",
    seenBy: "books.lines",
    statements: (victim) => [
      `update ledger_postings set account = 'merchant:mer_gX' where transaction_id = ${victim("ledger_transactions")} and line = 2`,
    ],
  },
  {
    what: "a booking is removed with its lines",
    seenBy: "books.attempts",
    statements: (victim) => [
      `create temporary table victim on commit drop as select ${victim("ledger_transactions")} as id`,
      "delete from ledger_postings where transaction_id in (select id from victim)",
      "delete from ledger_transactions where id in (select id from victim)",
    ],
  },
  {
    what: "a booking is removed with its lines and its seal",
    seenBy: "books.attempts",
    statements: (victim) => [
      `create temporary table victim on commit drop as select ${victim("ledger_transactions")} as id`,
      "delete from ledger_seals where transaction_id in (select id from victim)",
      "delete from ledger_postings where transaction_id in (select id from victim)",
      "delete from ledger_transactions where id in (select id from victim)",
    ],
  },
  {
    what: "a whole booking is slipped in behind the seals",
    seenBy: "chain.complete",
    statements: (victim) => [
      `insert into ledger_transactions select 'txn_x', merchant_id, payment_id, id, 'payment', created_at from attempts where id = ${victim("attempts", "status = 'in_flight'")}`,
      "insert into ledger_postings values ('txn_x', 1, 'exchange:fpx', 'MYR', 5), ('txn_x', 2, 'merchant:mer_g1', 'MYR', -5)",
    ],
  },
  {
    what: "a booking changes its kind",
    seenBy: "books.payments",
    statements: (victim) =>
      column(
        victim,
        "ledger_transactions",
        "kind = 'duplicate'",
        "kind = 'payment' and payment_id not in (select payment_id from ledger_transactions where kind = 'duplicate')",
      ),
  },
  {
    what: "a booking is given to another payment",
    seenBy: "chain.hashes",
    statements: (victim) =>
      column(victim, "ledger_transactions", `payment_id = ${victim("payments", "status = 'open'")}`),
  },
  {
    what: "a booking is given to another merchant",
    seenBy: "owners",
    statements: (victim) => column(victim, "ledger_transactions", "merchant_id = 'mer_g0'", "merchant_id <> 'mer_g0'"),
  },
  {
    what: "a booking is dated back",
    seenBy: "chain.hashes",
    statements: (victim) => column(victim, "ledger_transactions", "created_at = created_at - interval '1 microsecond'"),
  },
  {
    what: "a line belongs to no booking",
    seenBy: "books.strays",
    statements: () => [
      "insert into ledger_postings values ('txn_none', 1, 'exchange:fpx', 'MYR', 5), ('txn_none', 2, 'merchant:mer_g1', 'MYR', -5)",
    ],
  },
];
