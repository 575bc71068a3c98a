import type { Check } from "./check.ts";

/**
 * What attempts make of an unpaid payment; the rule of `statusFromAttempts`, told a second time on purpose. Beside a payment that has ended
 * only an attempt may be under way that had been given up, and that a message which is kept has taken up again.
 */
const followed = `
  select p.id, p.status, p.certainty, p.paid_attempt_id, coalesce(a.has_succeeded, false) as has_succeeded,
    coalesce(a.is_under_way, false) as is_under_way, a.paying,
    case when a.flying is not null then 'processing' when a.is_waiting then 'awaiting_approval' else 'open' end as wanted_status,
    case when a.flying = 'provisional' then 'provisional' when a.flying is not null then 'unknown'
      when a.is_waiting then 'provisional' else 'final' end as wanted_certainty
  from payments p left join (
    select t.payment_id, bool_or(t.status = 'succeeded') as has_succeeded, bool_or(t.status = 'awaiting_approval') as is_waiting,
      bool_or(t.status in ('in_flight', 'awaiting_approval') and not (t.not_found_count >= 3 and exists (
        select from bank_messages m where m.attempt_id = t.id and m.effect = 'reopened'))) as is_under_way,
      (array_agg(t.certainty order by t.number desc) filter (where t.status = 'in_flight'))[1] as flying,
      array_agg(t.id) filter (where t.status = 'succeeded') as paying
    from attempts t group by t.payment_id) a on a.payment_id = p.id`;

/** Payments and their attempts, against each other. */
export const paymentChecks: readonly Check[] = [
  {
    name: "payments.status",
    promise: "What a payment says of itself follows from its attempts, and what is paid was paid by one of them.",
    sql: `select id as subject, 'the payment is ' || status || ' (' || certainty || '), and its attempts say ' || case
          when has_succeeded then 'paid' else wanted_status || ' (' || wanted_certainty || ')' end as detail, id as payment_id
      from (${followed}) payment
      where case
        when status = 'paid' then paying is null or not paid_attempt_id = any (paying) or certainty <> 'final'
        when status in ('expired', 'cancelled') then has_succeeded or is_under_way or certainty <> 'final'
        else has_succeeded or (status, certainty) <> (wanted_status, wanted_certainty) end`,
  },
  {
    name: "payments.attempts",
    promise: "The attempts of a payment are numbered from 1 without a gap, and it knows how many there are.",
    sql: `select p.id as subject, 'the payment counts ' || p.attempt_count || ' attempts; there are ' || coalesce(a.found, 0)
        || coalesce(', numbered ' || a.lowest || ' to ' || a.highest, '') as detail, p.id as payment_id
      from payments p left join (
        select payment_id, count(*) as found, min(number) as lowest, max(number) as highest from attempts group by payment_id
      ) a on a.payment_id = p.id
      where coalesce(a.found, 0) <> p.attempt_count or a.lowest <> 1 or a.highest <> a.found`,
  },
  {
    name: "payments.claims",
    promise: "A payment stands for its invoice until it expires or is cancelled, and not again after that.",
    sql: `select id as subject, 'the payment is ' || status || case when 'late_success' = any (flags) then ', late,' else '' end
        || case when claims_invoice then ' and stands for its invoice' else ' and does not stand for its invoice' end as detail,
        id as payment_id
      from payments
      where claims_invoice is distinct from case status
          when 'paid' then not 'late_success' = any (flags) when 'expired' then false when 'cancelled' then false else true end
        or claims_invoice <> (closed_at is null)`,
  },
  {
    name: "payments.one_live",
    promise: "One invoice has one live payment.",
    sql: `select collection_id || ' invoice ' || invoice as subject, count(*) || ' payments stand for it' as detail,
        min(id) as payment_id
      from payments where claims_invoice group by collection_id, invoice having count(*) > 1`,
  },
  {
    name: "payments.asked",
    promise: "The bank was asked for the payment's own amount.",
    sql: `select a.id as subject, 'asked for ' || (a.facts ->> 'amount') || ', and the payment is ' || p.amount_sen || ' sen' as detail,
        p.id as payment_id
      from attempts a join payments p on p.id = a.payment_id
      where case when a.facts ->> 'amount' ~ '^[0-9]{1,10}[.][0-9]{2}$'
        then (a.facts ->> 'amount')::numeric * 100 <> p.amount_sen else a.rail = 'fpx' end`,
  },
  {
    name: "payments.evidence",
    promise: "For every attempt that succeeded, the bank network's own message that said so is kept.",
    sql: `select a.id as subject, 'succeeded without a message that says so' as detail, a.payment_id
      from attempts a
      where a.status = 'succeeded' and not exists (
        select from bank_messages m where m.attempt_id = a.id and m.route in ('direct', 'enquiry') and m.code = a.rail_code
          and m.effect in ('paid', 'late_success', 'duplicate_success'))`,
  },
  {
    name: "payments.messages",
    promise:
      "Every kept message of the bank network is the one that arrived, unless it was erased with its buyer's data.",
    sql: `select m.id as subject, 'the message does not match its digest' as detail, a.payment_id
      from bank_messages m left join attempts a on a.id = m.attempt_id
        left join payments p on p.id = a.payment_id
      where m.digest <> sha256(convert_to(m.body, 'UTF8')) and not (m.body = '' and p.buyer_erased_at is not null)`,
  },
];
