import { column, type Tampering, type Victim } from "./tampering.ts";

/** A payment under way is called cancelled, in itself without a fault, and its attempt is said to have been denied so often. */
const cancelledUnderWay = (victim: Victim, denials: number) => [
  `create temporary table victim on commit drop as select ${victim("payments", "status = 'processing'")} as id`,
  "update payments set status = 'cancelled', certainty = 'final', claims_invoice = false, closed_at = now() where id in (select id from victim)",
  `update attempts set not_found_count = ${denials} where payment_id in (select id from victim)`,
];

/** Payments, attempts and cases. */
export const inThePayments: readonly Tampering[] = [
  {
    what: "two paid payments are made one invoice's",
    seenBy: "books.invoices",
    statements: (victim) => [
      "drop index payments_one_live_per_invoice",
      `update payments set invoice = 'same' where collection_id = 'col_g8' and id in (${victim("payments", "collection_id = 'col_g8' and status = 'paid'")},
        (select max(id) from payments where collection_id = 'col_g8' and status = 'paid'), (select min(id) from payments where collection_id = 'col_g8' and status = 'paid'))`,
    ],
  },
  {
    what: "a paid payment is opened again",
    seenBy: "payments.status",
    statements: (victim) =>
      column(
        victim,
        "payments",
        "status = 'open', paid_at = null, paid_attempt_id = null",
        "status = 'paid' and claims_invoice",
      ),
  },
  {
    what: "an open payment is called paid",
    seenBy: "events.facts",
    statements: (victim) =>
      column(
        victim,
        "payments",
        `status = 'paid', paid_at = now(), paid_attempt_id = ${victim("attempts")}`,
        "status = 'open'",
      ),
  },
  {
    what: "a payment's amount is changed",
    seenBy: "books.lines",
    statements: (victim) => column(victim, "payments", "amount_sen = amount_sen + 100", "status = 'paid'"),
  },
  {
    what: "an unpaid payment's amount is changed",
    seenBy: "events.data",
    statements: (victim) => column(victim, "payments", "amount_sen = 1", "status = 'open'"),
  },
  {
    what: "another attempt is said to have paid",
    seenBy: "books.payments",
    statements: (victim) =>
      column(
        victim,
        "payments",
        "paid_attempt_id = replace(paid_attempt_id, '_2', '_1')",
        "paid_attempt_id like '%\\_2'",
      ),
  },
  {
    what: "a payment is given to another merchant",
    seenBy: "owners",
    statements: (victim) => column(victim, "payments", "merchant_id = 'mer_g0'", "merchant_id <> 'mer_g0'"),
  },
  {
    what: "an expired payment stands for its invoice again, as open",
    seenBy: "payments.claims",
    statements: (victim) => column(victim, "payments", "status = 'open', claims_invoice = true", "status = 'expired'"),
  },
  {
    what: "a late payment loses its flag",
    seenBy: "events.facts",
    statements: (victim) => column(victim, "payments", "flags = '{}'", "flags <> '{}'"),
  },
  {
    what: "a cancelled payment is called expired",
    seenBy: "events.facts",
    statements: (victim) => column(victim, "payments", "status = 'expired'", "status = 'cancelled'"),
  },
  {
    what: "a failed attempt is called paid",
    seenBy: "books.attempts",
    statements: (victim) => column(victim, "attempts", "status = 'succeeded'", "status = 'failed'"),
  },
  {
    what: "a paid attempt is called failed",
    seenBy: "payments.status",
    statements: (victim) =>
      column(
        victim,
        "attempts",
        "status = 'failed'",
        "status = 'succeeded' and id in (select paid_attempt_id from payments)",
      ),
  },
  {
    what: "an attempt is removed",
    seenBy: "payments.attempts",
    statements: (victim) => [`delete from attempts where id = ${victim("attempts")}`],
  },
  {
    what: "an attempt was for another amount",
    seenBy: "payments.asked",
    statements: (victim) => column(victim, "attempts", `facts = '{"amount":"0.01"}'`),
  },
  {
    what: "an attempt under way is hidden",
    seenBy: "payments.status",
    statements: (victim) =>
      column(victim, "attempts", "status = 'failed', concluded_at = now()", "status = 'in_flight'"),
  },
  {
    what: "a payment under way is called cancelled, its attempt said to have been denied, and only a refusal of it is kept",
    seenBy: "payments.status",
    statements: (victim) => [
      ...cancelledUnderWay(victim, 3),
      `insert into bank_messages (id, attempt_id, route, code, body, digest, certificate, effect, received_at)
        select 'msg_x', id, 'direct', '51', '', sha256(''), '', 'failed', now() from attempts where payment_id in (select id from victim)`,
    ],
  },
  {
    what: "a payment under way is called cancelled, and its attempt is said to have been taken up though never denied",
    seenBy: "payments.status",
    statements: (victim) => [
      ...cancelledUnderWay(victim, 2),
      `insert into bank_messages (id, attempt_id, route, code, body, digest, certificate, effect, received_at)
        select 'msg_x', id, 'direct', '09', '', sha256(''), '', 'reopened', now() from attempts where payment_id in (select id from victim)`,
    ],
  },
  {
    what: "a case about money to return is removed",
    seenBy: "books.duplicates",
    statements: (victim) => [`delete from cases where id = ${victim("cases")}`],
  },
  {
    what: "a second live payment takes an invoice",
    seenBy: "payments.one_live",
    statements: (victim) => [
      "drop index payments_one_live_per_invoice",
      ...column(
        victim,
        "payments",
        "invoice = (select min(invoice) from payments where collection_id = 'col_g2' and claims_invoice)",
        "collection_id = 'col_g2' and claims_invoice and invoice <> (select min(invoice) from payments where collection_id = 'col_g2' and claims_invoice)",
      ),
    ],
  },
];
