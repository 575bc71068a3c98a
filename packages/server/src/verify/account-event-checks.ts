import type { Check } from "./check.ts";
import { droppedUntil } from "./dropped-until.ts";

/**
 * How many events of a type an entry of the audit log lets there be, at the fewest and at the most; the rule of `account-events.ts`
 * and of the endpoints, told a second time on purpose. An endpoint that is enabled can be disabled once by what it answers, of which
 * the audit log says nothing.
 */
const promised = `(values
  ('api_key.created', 'api_key.created', 1, 1), ('api_key.imported', 'api_key.created', 1, 1),
  ('api_key.changed', 'api_key.updated', 1, 1), ('api_key.ip_allow_list_changed', 'api_key.updated', 1, 1),
  ('api_key.rolled', 'api_key.rolled', 1, 1), ('api_key.revoked', 'api_key.revoked', 1, 1),
  ('collection.created', 'collection.created', 1, 1), ('collection.changed', 'collection.updated', 1, 1),
  ('collection.api_enabled', 'collection.updated', 1, 1), ('collection.api_disabled', 'collection.updated', 1, 1),
  ('collection.ip_allow_list_changed', 'collection.updated', 1, 1),
  ('webhook_endpoint.created', 'webhook_endpoint.created', 1, 1), ('webhook_endpoint.created', 'webhook_endpoint.disabled', 0, 1),
  ('webhook_endpoint.changed', 'webhook_endpoint.updated', 1, 1),
  ('webhook_endpoint.secret_rolled', 'webhook_endpoint.secret_rolled', 1, 1),
  ('webhook_endpoint.enabled', 'webhook_endpoint.enabled', 1, 1), ('webhook_endpoint.enabled', 'webhook_endpoint.disabled', 0, 1),
  ('webhook_endpoint.disabled', 'webhook_endpoint.disabled', 1, 0),
  ('webhook_endpoint.deleted', 'webhook_endpoint.deleted', 1, 1)
) as promise (action, type, fewest, most)`;

/**
 * For each object and type: the events that there are, and the bounds. One change of a collection may be two entries, of its details
 * and of its switch, and is told once: at the same moment, or a little apart in entries of long ago. Of entries from before what was dropped no event need be there.
 */
const told = `
  select coalesce(l.object_id, e.object_id) as object_id, coalesce(l.type, e.type) as type, coalesce(e.found, 0) as found,
    coalesce(l.fewest, 0) as fewest, coalesce(l.most, 0) as most
  from (
    select a.merchant_id, a.object_id, promise.type, sum(promise.most) filter (where not a.is_rest) as most,
      sum(promise.fewest) filter (where not a.is_old and not a.may_be_rest) as fewest
    from (select l.merchant_id, l.object_id, l.action, 'evt' || substr(l.id, 4) < dropped.until as is_old,
        l.action in ('collection.api_enabled', 'collection.api_disabled') and lag(l.action) over before = 'collection.changed'
          and l.at = lag(l.at) over before as is_rest,
        l.action in ('collection.api_enabled', 'collection.api_disabled') and lag(l.action) over before = 'collection.changed'
          and l.at - lag(l.at) over before < interval '1 second' as may_be_rest
      from audit_log l cross join ${droppedUntil("events")} dropped (until)
      where l.action <> 'payment.buyer_erased'
      window before as (partition by l.object_id order by l.at, l.action desc)) a
      join ${promised} on promise.action = a.action
    group by 1, 2, 3
  ) l full join (
    select merchant_id, data ->> 'id' as object_id, type, count(*) as found
    from events where payment_id is null and merchant_id is not null and type <> 'webhook_endpoint.test' group by 1, 2, 3
  ) e on (e.merchant_id, e.object_id, e.type) = (l.merchant_id, l.object_id, l.type)`;

/** Events that are of no payment, against the records of what they tell. */
export const accountEventChecks: readonly Check[] = [
  {
    name: "events.accounts",
    promise:
      "A change of a key, a collection or an endpoint that the audit log has was told once, and none that it has not; but an endpoint that is on may be told to have been switched off, and tests of endpoints are told of freely.",
    sql: `select coalesce(object_id, 'an event without an object') as subject, found || ' events tell of ' || type
        || ', and by the audit log there are ' || case when fewest = most then most::text else fewest || ' to ' || most end as detail,
        null as payment_id
      from (${told}) object where found < fewest or found > most`,
  },
  {
    name: "events.banks",
    promise: "That a bank went offline or came back was told once, and nothing of banks that was not kept.",
    // The first that is heard of a bank is told only if it is offline.
    sql: `select coalesce(c.bank_id, e.bank_id, 'an event without a bank') as subject, coalesce(e.found, 0) || ' events tell that it is '
        || coalesce(e.type, case when c.online then 'bank.online' else 'bank.offline' end)
        || case when c.id is null then ', and nothing of that is kept' else '' end as detail, null as payment_id
      from (
        select b.*, 'evt' || substr(b.id, 4) < dropped.until as is_old
        from bank_status_changes b cross join ${droppedUntil("events")} dropped (until)
        where not online or previous_since is not null
      ) c full join (
        select data ->> 'id' as bank_id, data ->> 'model' as model, data ->> 'since' as since, type, count(*) as found
        from events where payment_id is null and merchant_id is null group by 1, 2, 3, 4
      ) e on (e.bank_id, e.model, e.type) = (c.bank_id, c.model, case when c.online then 'bank.online' else 'bank.offline' end)
        and e.since = to_char(c.since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
      where c.id is null or coalesce(e.found, 0) <> 1 and not (e.found is null and c.is_old)`,
  },
];
