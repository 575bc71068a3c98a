import type { Check } from "./check.ts";
import { droppedUntil } from "./dropped-until.ts";

/** How often each kind of event was recorded for a payment, beside what its rows say happened. */
const told = `
  select p.id, p.status, p.flags, p.closed_at, p.event_count, coalesce(e.found, 0) as found,
    coalesce(e.found, 0) < p.event_count as is_partial, 'evt' || substr(p.id, 4) < dropped.until as is_old, e.lowest, e.highest, e.first_type,
    coalesce(e.paid, 0) as paid, coalesce(e.expired, 0) as expired, coalesce(e.cancelled, 0) as cancelled,
    coalesce(e.late, 0) as late, coalesce(e.duplicate, 0) as duplicate, coalesce(e.failed, 0) as failed,
    coalesce(r.returns, 0) as returns
  from payments p cross join ${droppedUntil("events")} dropped (until) left join (
    select payment_id, count(*) as returns from ledger_transactions where kind = 'duplicate' group by payment_id
  ) r on r.payment_id = p.id left join (
    select payment_id, count(*) as found, min(sequence) as lowest, max(sequence) as highest,
      min(type) filter (where sequence = 1) as first_type,
      count(*) filter (where type = 'payment.paid') as paid,
      count(*) filter (where type = 'payment.expired') as expired,
      count(*) filter (where type = 'payment.cancelled') as cancelled,
      count(*) filter (where type = 'payment.late_success') as late,
      count(*) filter (where type = 'payment.duplicate_success') as duplicate,
      count(*) filter (where type = 'payment.attempt_failed') as failed
    from events group by payment_id) e on e.payment_id = p.id`;

/** Events and what they tell, and who was told. */
export const eventChecks: readonly Check[] = [
  {
    name: "events.numbers",
    promise:
      "The events of a payment are numbered from 1 without a gap, begin with its creation, and it knows how many there are; of an old payment the first ones may have been dropped.",
    sql: `select id as subject, 'the payment counts ' || event_count || ' events; there are ' || found
        || coalesce(', numbered ' || lowest || ' to ' || highest || ', from ' || first_type, '') as detail, id as payment_id
      from (${told}) payment
      where event_count = 0 or found > event_count or (is_partial and not is_old)
        or found > 0 and (highest <> event_count or highest - lowest + 1 <> found)
        or not is_partial and (lowest <> 1 or first_type is distinct from 'payment.created')`,
  },
  {
    name: "events.dropped",
    promise: "Events of old payments that are gone are as many as their dropped partitions held.",
    sql: `select 'events' as subject, lacking || ' events of payments are gone, and the partitions that were dropped held ' || held
        as detail, null as payment_id
      from (
        select coalesce(sum(p.event_count - coalesce(e.found, 0)), 0) as lacking
        from ${droppedUntil("events")} dropped (until) join payments p on 'evt' || substr(p.id, 4) < dropped.until
          left join (
            select e.payment_id, count(*) as found from events e group by e.payment_id
          ) e on e.payment_id = p.id) l,
        (select coalesce(sum(of_payments), 0) as held from dropped_partitions where table_name = 'events') d
      where lacking <> held`,
  },
  {
    name: "events.facts",
    promise: "Each thing that can happen to a payment once was told once if it happened, and otherwise never.",
    sql: `select id as subject, 'the payment is ' || status || case when flags = '{}' then '' else ' (' || array_to_string(flags, ', ')
        || ')' end || '; told were ' || paid || ' paid, ' || expired || ' expired, ' || cancelled || ' cancelled, ' || late
        || ' late, ' || duplicate || ' duplicate for ' || returns || ' bookings to return' as detail, id as payment_id
      from (${told}) payment
      where paid > (status = 'paid')::int
        or expired + cancelled > (closed_at is not null)::int
        or late > ('late_success' = any (flags))::int
        or duplicate > returns
        or ('duplicate_success' = any (flags)) <> (returns > 0)
        or not is_partial and (paid < (status = 'paid')::int
          or expired + cancelled < (closed_at is not null)::int
          or (status in ('expired', 'cancelled') and expired <> (status = 'expired')::int)
          or late < ('late_success' = any (flags))::int
          or duplicate < returns)`,
  },
  {
    name: "events.failures",
    promise: "Every attempt that ended without money was told.",
    sql: `select t.id as subject, t.failed || ' failures were told, and ' || count(*) || ' attempts have failed' as detail,
        t.id as payment_id
      from (${told}) t join attempts a on a.payment_id = t.id and a.status = 'failed' and not t.is_partial
      group by t.id, t.failed having t.failed < count(*)`,
  },
  {
    name: "events.data",
    promise: "An event tells of its own payment, and of its amount.",
    sql: `select e.id as subject, 'an event of ' || e.payment_id || ' that tells of ' || coalesce(e.data ->> 'id', 'nothing')
        || ' and ' || coalesce(e.data ->> 'amount', 'no amount') as detail, e.payment_id
      from events e join payments p on p.id = e.payment_id
      where (e.data ->> 'id', e.data ->> 'amount') is distinct from (p.id, p.amount_sen::text)
        or (e.merchant_id, e.collection_id) is distinct from (p.merchant_id, p.collection_id)`,
  },
  {
    name: "deliveries.owed",
    promise: "An event that a shop's callback address hears of has its one delivery there.",
    // A payment may have changed from the old protocol to v2, whose callbacks tell more; a delivery of before shows it.
    sql: `select e.id as subject, e.type || ' is owed to a callback address and has ' || count(d.id) || ' deliveries' as detail,
        e.payment_id
      from events e join payments p on p.id = e.payment_id left join deliveries d on d.event_id = e.id and d.endpoint_id is null
      where e.data ->> 'callback_url' is not null and (e.type in ('payment.paid', 'payment.attempt_failed')
        or (e.type in ('payment.awaiting_approval', 'payment.expired', 'payment.cancelled', 'payment.late_success',
            'payment.duplicate_success') and p.protocol = 'v2'
          and not exists (select from deliveries w where w.payment_id = p.id and w.format = 'wire')))
      group by e.id having count(d.id) <> 1`,
  },
  {
    name: "deliveries.due",
    promise: "A delivery to a callback address goes to the one that its event names, for an event that is told there.",
    sql: `select d.id as subject, 'a ' || d.format || ' delivery of ' || coalesce(e.type, 'no event') || ' to ' || d.url as detail,
        d.payment_id
      from deliveries d left join events e on e.id = d.event_id
      where d.endpoint_id is null and (e.id is null or d.url is distinct from e.data ->> 'callback_url'
        or (d.payment_id, d.merchant_id) is distinct from (e.payment_id, e.merchant_id)
        or e.type not in ('payment.paid', 'payment.attempt_failed') and (d.format = 'wire' or e.type not in (
          'payment.awaiting_approval', 'payment.expired', 'payment.cancelled', 'payment.late_success', 'payment.duplicate_success')))`,
  },
  {
    name: "deliveries.endpoints",
    promise: "An endpoint is sent its own merchant's events and those of banks, and no other merchant's.",
    sql: `select d.id as subject, 'a delivery for ' || d.merchant_id || ' to an endpoint of ' || w.merchant_id || ', of '
        || coalesce(e.type || ' of ' || coalesce(e.merchant_id, 'nobody'), 'no event') as detail, d.payment_id
      from deliveries d join webhook_endpoints w on w.id = d.endpoint_id left join events e on e.id = d.event_id
      where d.merchant_id <> w.merchant_id or d.lane <> w.id or e.id is null or e.merchant_id <> w.merchant_id
        or d.payment_id is distinct from e.payment_id`,
  },
  {
    name: "deliveries.attempts",
    promise: "What was tried was tried at a delivery that is there, or that has been dropped.",
    sql: `select a.id as subject, 'an attempt at ' || a.delivery_id || ', which is not there' as detail, null as payment_id
      from delivery_attempts a
      where a.delivery_id >= ${droppedUntil("deliveries")} and not exists (
        select from deliveries d where d.merchant_id = a.merchant_id and d.id = a.delivery_id)`,
  },
];
