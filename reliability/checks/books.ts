import type { OwnPostgres } from "../cast/own-postgres.ts";
import type { Notebook } from "../findings.ts";

/** Something that must hold of the stored whole; the statement finds where it does not. */
interface Law {
  readonly name: string;
  readonly text: string;
}

/**
 * The database is read past the gateway on purpose: what the gateway would say of itself after a crash is what is in
 * question here. Every statement gives one row for each breach.
 */
const laws: readonly Law[] = [
  {
    name: "an entry of the books does not add up to nothing",
    text: `select transaction_id as at, sum(amount_sen) as found from ledger_postings group by 1 having sum(amount_sen) <> 0`,
  },
  {
    name: "an attempt that succeeded is not booked exactly once, or is booked without having succeeded",
    text: `select a.id as at, count(t.id) as found from attempts a left join ledger_transactions t on t.attempt_id = a.id
           group by a.id, a.status having count(t.id) <> case when a.status = 'succeeded' then 1 else 0 end`,
  },
  {
    name: "a payment is paid without an attempt that succeeded, or the other way round",
    text: `select p.id as at, count(a.id) as found from payments p left join attempts a on a.payment_id = p.id and a.status = 'succeeded'
           group by p.id, p.status having (count(a.id) > 0) <> (p.status = 'paid')`,
  },
  {
    name: "what was booked for a payment is not its amount",
    text: `select p.id as at, l.amount_sen as found from payments p join ledger_transactions t on t.payment_id = p.id
           join ledger_postings l on l.transaction_id = t.id and l.amount_sen > 0 where l.amount_sen <> p.amount_sen`,
  },
  {
    name: "what merchants are owed is not what was paid",
    text: `select 'all' as at, owed - paid as found from
           (select coalesce(-sum(amount_sen), 0) as owed from ledger_postings where account like 'merchant:%') o,
           (select coalesce(sum(p.amount_sen), 0) as paid from payments p
             join ledger_transactions t on t.attempt_id = p.paid_attempt_id and t.kind = 'payment') q where owed <> paid`,
  },
  {
    name: "a payment is paid without exactly one event that says so, or the event is there without the payment",
    text: `select p.id as at, count(e.id) as found from payments p left join events e on e.payment_id = p.id and e.type = 'payment.paid'
           group by p.id, p.status having count(e.id) <> case when p.status = 'paid' then 1 else 0 end`,
  },
  {
    name: "the events of a payment are not numbered without a gap",
    text: `select p.id as at, count(e.id) as found from payments p left join events e on e.payment_id = p.id
           group by p.id, p.event_count having count(e.id) <> p.event_count or coalesce(max(e.sequence), 0) <> p.event_count`,
  },
  {
    name: "a payment that was paid has no callback to tell it",
    text: `select p.id as at, 0 as found from payments p join events e on e.payment_id = p.id and e.type = 'payment.paid'
           where p.callback_url is not null and not exists (select from deliveries d where d.event_id = e.id)`,
  },
  {
    name: "a concluded attempt has no kept message that concluded it",
    text: `select a.id as at, 0 as found from attempts a where a.status = 'succeeded'
           and not exists (select from bank_messages m where m.attempt_id = a.id and m.code = '00' and m.route <> 'indirect')`,
  },
  {
    name: "the number of attempts is not what the payment says",
    text: `select p.id as at, count(a.id) as found from payments p left join attempts a on a.payment_id = p.id
           group by p.id, p.attempt_count having count(a.id) <> p.attempt_count`,
  },
];

const shown = 5;

/** Reads the whole database and reports every breach of its laws. */
export async function checkBooks(
  postgres: Pick<OwnPostgres, "query">,
  notebook: Notebook,
  when: string,
): Promise<void> {
  for (const { name, text } of laws) {
    const breaches = await postgres.query<{ at: string; found: string }>(text);
    for (const { at, found } of breaches.slice(0, shown)) notebook.violation(`${when}: ${name}: ${at} (${found})`);
    if (breaches.length > shown) notebook.violation(`${when}: ${name}: ${breaches.length - shown} more`);
  }
}
