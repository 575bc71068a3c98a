import type { Check } from "./check.ts";

/** What was erased, against the record of who erased it. */
export const erasureChecks: readonly Check[] = [
  {
    name: "erasures.logged",
    promise: "Buyer data is gone where the audit log says that somebody erased it, and nowhere else.",
    sql: `select coalesce(p.id, l.object_id) as subject, case when l.object_id is null then 'erased, and nobody is said to have done it'
          else 'said to be erased by ' || l.actor || ', and is not' end as detail, p.id as payment_id
      from (select id from payments where buyer_erased_at is not null) p
        full join (select object_id, min(actor) as actor from audit_log where action = 'payment.buyer_erased' group by object_id) l
          on l.object_id = p.id
      where p.id is null or l.object_id is null`,
  },
  {
    name: "erasures.whole",
    promise: "Nothing of a buyer is left in a payment, and in its events, after it was erased.",
    sql: `select p.id as subject, 'erased at ' || p.buyer_erased_at || ', and a buyer is named in it' as detail, p.id as payment_id
      from payments p
      where p.buyer_erased_at is not null and (p.buyer <> '{}' or p.metadata <> '{}' or p.description <> ''
        or exists (select from events e where e.payment_id = p.id and coalesce(e.data ->> 'buyer', '{}') <> '{}'))`,
  },
];
