import { column, type Tampering } from "./tampering.ts";

/** Events, deliveries, messages, and whose they are. */
export const inTheRecord: readonly Tampering[] = [
  {
    what: "a failure is left untold",
    seenBy: "events.failures",
    statements: (victim) => [
      `update events set type = 'payment.processing' where id = ${victim("events", "type = 'payment.attempt_failed'")}`,
    ],
  },
  { what: "the mode is forgotten", seenBy: "identity", statements: () => ["delete from gateway_identity"] },
  {
    what: "an event is removed",
    seenBy: "events.numbers",
    statements: (victim) => [`delete from events where id = ${victim("events", "payment_id is not null")}`],
  },
  {
    what: "a payment's last event is removed, and its count lowered",
    seenBy: "events.facts",
    statements: (victim) => [
      `create temporary table victim on commit drop as select ${victim("payments", "status = 'paid'")} as id`,
      "delete from events where type = 'payment.paid' and payment_id in (select id from victim)",
      "update events e set sequence = (select count(*) from events o where o.payment_id = e.payment_id and o.sequence <= e.sequence) where payment_id in (select id from victim)",
      "update payments set event_count = event_count - 1 where id in (select id from victim)",
    ],
  },
  {
    what: "an event is told twice",
    seenBy: "events.numbers",
    statements: (victim) => [
      `insert into events select id || 'x', merchant_id, collection_id, payment_id, sequence + 1000, type, data, created_at from events where id = ${victim("events", "payment_id is not null and type <> 'payment.paid'")}`,
    ],
  },
  {
    what: "an event tells of something else",
    seenBy: "events.facts",
    statements: (victim) => column(victim, "events", "type = 'payment.cancelled'", "type = 'payment.paid'"),
  },
  {
    what: "an event tells of another amount",
    seenBy: "events.data",
    statements: (victim) =>
      column(victim, "events", `data = (data::jsonb || '{"amount":1}')`, "payment_id is not null"),
  },
  {
    what: "an event of a change of a key is removed",
    seenBy: "events.accounts",
    statements: (victim) => [`delete from events where id = ${victim("events", "type = 'api_key.created'")}`],
  },
  {
    what: "an event of a change of an account is told twice",
    seenBy: "events.accounts",
    statements: (victim) => [
      `insert into events select id || 'x', merchant_id, collection_id, null, null, type, data, created_at from events where id = ${victim("events", "payment_id is null and merchant_id is not null")}`,
    ],
  },
  {
    what: "a bank is said to have gone offline that never did",
    seenBy: "events.banks",
    statements: () => [
      `insert into events select 'evt_bank', null, null, null, null, 'bank.offline', '{"id":"MB2U0227","model":"b2c","since":"2026-01-31T06:00:00.000Z"}', now()`,
    ],
  },
  {
    what: "an event is given to another payment",
    seenBy: "events.numbers",
    statements: (victim) =>
      column(
        victim,
        "events",
        `payment_id = ${victim("payments", "status = 'open'")}, sequence = 2`,
        "type = 'payment.processing'",
      ),
  },
  {
    what: "a delivery is removed",
    seenBy: "deliveries.owed",
    statements: (victim) => [`delete from deliveries where id = ${victim("deliveries", "endpoint_id is null")}`],
  },
  {
    what: "a delivery is removed, and what was tried stays",
    seenBy: "deliveries.attempts",
    statements: (victim) => [
      `create temporary table victim on commit drop as select ${victim("deliveries")} as id`,
      `insert into delivery_attempts (id, merchant_id, delivery_id, number, url, outcome, message, answer, answer_truncated, started_at, duration_ms)
        select 'dla_x', merchant_id, id, 1, '', 'delivered', '', '', false, now(), 1 from deliveries where id in (select id from victim)`,
      "delete from deliveries where id in (select id from victim)",
    ],
  },
  {
    what: "events are said to have been dropped that never were",
    seenBy: "events.dropped",
    statements: () => [
      `insert into dropped_partitions (name, table_name, from_id, to_id, row_count, of_payments, dropped_at)
        values ('events_2025_01', 'events', 'evt_01JGFJJZ00', 'evt_01JK00JZ00', 3, 3, now())`,
    ],
  },
  {
    what: "a delivery is sent elsewhere",
    seenBy: "deliveries.due",
    statements: (victim) => column(victim, "deliveries", "url = 'https://elsewhere.example'", "endpoint_id is null"),
  },
  {
    what: "an endpoint is sent another merchant's event",
    seenBy: "deliveries.endpoints",
    statements: (victim) =>
      column(
        victim,
        "deliveries",
        "endpoint_id = 'whe_g0', lane = 'whe_g0'",
        "endpoint_id is not null and merchant_id <> 'mer_g0'",
      ),
  },
  {
    what: "a bank's message is rewritten",
    seenBy: "payments.messages",
    statements: (victim) => column(victim, "bank_messages", "body = replace(body, 'KPG', 'KPH')"),
  },
  {
    what: "a bank's message is removed",
    seenBy: "payments.evidence",
    statements: (victim) => [`delete from bank_messages where id = ${victim("bank_messages", "code = '00'")}`],
  },
  {
    what: "a merchant is removed",
    seenBy: "references.collections_merchant_id_fkey",
    statements: (victim) => [`delete from merchants where id = ${victim("merchants", "id like 'mer_g%'")}`],
  },
  {
    what: "a collection is given to another merchant",
    seenBy: "owners",
    statements: (victim) =>
      column(victim, "collections", "merchant_id = 'mer_g0'", "id like 'col_g%' and merchant_id <> 'mer_g0'"),
  },
  {
    what: "a payment is said to be erased, to hide what its bank said",
    seenBy: "erasures.logged",
    statements: (victim) => [
      `create temporary table victim on commit drop as select ${victim("payments", "status = 'paid'")} as id`,
      "update payments set buyer_erased_at = now(), buyer = '{}', description = '' where id in (select id from victim)",
      "update bank_messages set body = '' where attempt_id in (select id from attempts where payment_id in (select id from victim))",
    ],
  },
  {
    what: "a buyer is written back after erasure",
    seenBy: "erasures.whole",
    statements: (victim) => [
      `create temporary table victim on commit drop as select ${victim("payments", "status = 'paid'")} as id`,
      "select erase_buyer(id, 'aud_x', 'operator', 'x') from victim",
      `update payments set buyer = '{"name":"Aminah"}' where id in (select id from victim)`,
    ],
  },
];
