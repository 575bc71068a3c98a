import type { Queryable } from "../db/db.ts";

const rowsText = `
  select row from (
    select 1 as part, '' as place, p::text as row from payments p where p.id = $1
    union all
    select 2, a.number::text, a::text from attempts a where a.payment_id = $1
    union all
    select 3, lpad(e.sequence::text, 4, '0'), e::text from events e where e.payment_id = $1
    union all
    select 4, concat(lpad(e.sequence::text, 4, '0'), d.endpoint_id), d::text
    from deliveries d join events e on e.id = d.event_id where e.payment_id = $1
    union all
    select 5, concat_ws(' ', a.number, m.route, m.code), row(m.attempt_id, m.route, m.code, m.body, m.certificate, m.effect)::text
    from bank_messages m join attempts a on a.id = m.attempt_id where a.payment_id = $1
    union all
    select 6, concat_ws(' ', a.number, t.kind, p.line), row(t, p)::text
    from ledger_transactions t join ledger_postings p on p.transaction_id = t.id join attempts a on a.id = t.attempt_id
    where t.payment_id = $1
    union all
    select 7, concat_ws(' ', a.number, c.kind), c::text from cases c join attempts a on a.id = c.attempt_id where c.payment_id = $1
  ) found order by part, place collate "C"`;

/** Ids, and the signatures that are made over them. */
const ids = /\b(?:[a-z]{3}_|KP)[0-9A-Z]{26}\b|cs_[0-9a-f]{40}|\b[0-9A-F]{256,}\b/g;

/**
 * All that is stored of a payment, with a number in the place of each id, so that two payments of which the same was told are
 * stored alike.
 * @param invoice left out of the rows, since it is another for each payment
 */
export async function storedOfPayment(db: Queryable, paymentId: string, invoice: string): Promise<string[]> {
  const rows = await db.query<{ row: string }>(rowsText, [paymentId]);
  const numbers = new Map<string, number>();
  const numberOf = (id: string) => {
    numbers.set(id, numbers.get(id) ?? numbers.size);
    return `#${numbers.get(id)}`;
  };
  return rows.map(({ row }) => row.replaceAll(invoice, "").replaceAll(ids, numberOf));
}
