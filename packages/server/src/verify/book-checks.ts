import type { Check } from "./check.ts";

/** What each kind of booking has to look like, line by line; see `postingsFor`. */
const shapes = `
  select t.id, t.payment_id, t.merchant_id, t.kind, l.found,
    '1 exchange:' || a.rail || ' ' || p.amount_sen || ', 2 ' || case t.kind when 'payment' then 'merchant:' else 'returns:' end
      || t.merchant_id || ' ' || -p.amount_sen as wanted
  from ledger_transactions t
  left join payments p on p.id = t.payment_id and p.merchant_id = t.merchant_id
  left join attempts a on a.id = t.attempt_id and a.payment_id = t.payment_id
  left join (
    select transaction_id, string_agg(line || ' ' || account || ' ' || amount_sen, ', ' order by line) as found
    from ledger_postings group by transaction_id) l on l.transaction_id = t.id`;

/** The books by themselves, and against the payments whose money they hold. */
export const bookChecks: readonly Check[] = [
  {
    name: "books.balance",
    promise: "The lines of every booking add up to nothing, in each currency.",
    sql: `select transaction_id as subject, count(*) || ' lines add up to ' || sum(amount_sen) || ' sen ' || currency as detail,
        null as payment_id
      from ledger_postings group by transaction_id, currency having sum(amount_sen) <> 0`,
  },
  {
    name: "books.total",
    promise: "All lines together add up to nothing, in each currency.",
    sql: `select currency as subject, count(*) || ' lines add up to ' || sum(amount_sen) || ' sen' as detail, null as payment_id
      from ledger_postings group by currency having sum(amount_sen) <> 0`,
  },
  {
    name: "books.lines",
    promise: "Every booking has the two lines of its kind, for its payment's amount, exchange and merchant.",
    sql: `select id as subject, 'a ' || kind || ' with the lines ' || coalesce(found, 'none') || ', not ' || coalesce(wanted, 'any')
        as detail, payment_id
      from (${shapes}) booking where found is distinct from wanted or wanted is null`,
  },
  {
    name: "books.strays",
    promise: "Every line belongs to a booking.",
    sql: `select p.transaction_id as subject, 'line ' || p.line || ' belongs to no booking' as detail, null as payment_id
      from ledger_postings p left join ledger_transactions t on t.id = p.transaction_id where t.id is null`,
  },
  {
    name: "books.attempts",
    promise: "An attempt has one booking if it succeeded, and otherwise none.",
    sql: `select a.id as subject, 'the attempt is ' || a.status || ' and has ' || count(t.id) || ' bookings' as detail, a.payment_id
      from attempts a left join ledger_transactions t on t.attempt_id = a.id
      group by a.id having count(t.id) <> (a.status = 'succeeded')::int`,
  },
  {
    name: "books.payments",
    promise:
      "A paid payment has one booking for its merchant, by the attempt that paid it, or for the buyer if its invoice had been paid before; any other has none.",
    sql: `with booked as (
        select payment_id, count(*) filter (where kind = 'payment') as payments, count(*) as bookings,
          min(attempt_id) filter (where kind = 'payment') as paid_by
        from ledger_transactions group by payment_id)
      select p.id as subject, 'the payment is ' || p.status || coalesce(' by ' || p.paid_attempt_id, '') || ' and has '
        || coalesce(b.bookings, 0) || ' bookings, ' || coalesce(b.payments, 0) || ' of them for the merchant'
        || coalesce(' by ' || b.paid_by, '') as detail, p.id as payment_id
      from payments p left join booked b on b.payment_id = p.id
      where case
        when p.status <> 'paid' then b.bookings is not null
        when b.payments = 0 then not exists (
          select from payments o join ledger_transactions ot on ot.payment_id = o.id and ot.kind = 'payment'
          where o.collection_id = p.collection_id and o.invoice = p.invoice and o.id <> p.id)
        else b.payments is distinct from 1 or b.paid_by is distinct from p.paid_attempt_id end`,
  },
  {
    name: "books.invoices",
    promise: "The money of one invoice is booked for the merchant once.",
    sql: `select p.collection_id || ' invoice ' || p.invoice as subject, count(*) || ' bookings for the merchant' as detail,
        min(p.id) as payment_id
      from ledger_transactions t join payments p on p.id = t.payment_id
      where t.kind = 'payment' group by p.collection_id, p.invoice having count(*) > 1`,
  },
  {
    name: "books.duplicates",
    promise: "Money that is owed back to a buyer is flagged on its payment, and a case was opened for it.",
    sql: `select t.id as subject, 'a booking to return, ' || case when 'duplicate_success' = any (p.flags) then 'without a case'
        else 'of a payment without the flag' end as detail, t.payment_id
      from ledger_transactions t join payments p on p.id = t.payment_id
      where t.kind = 'duplicate' and (not 'duplicate_success' = any (p.flags)
        or not exists (select from cases c where c.attempt_id = t.attempt_id and c.kind = 'duplicate_success'))`,
  },
];
