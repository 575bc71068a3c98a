import { newId } from "@kineticpay/contract/ids";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DatabaseOfBefore, databaseOfBefore } from "../testing/database-of-before.ts";
import { agoMs, monthOf } from "../testing/partition-world.ts";

const bytes = (n: number) => new Uint8Array(10).fill(n);
const times = [agoMs(70), agoMs(35), agoMs(0)];

let database: DatabaseOfBefore;
/** Each table's rows as they were before. */
const before: Record<string, unknown[]> = {};

const owners = `
  insert into merchants (id, name, created_at) values ('mer_1', 'Kedai', now());
  insert into collections (id, merchant_id, name, website, signing_secret_sealed, created_at)
    values ('col_1', 'mer_1', 'Main', 'https://kedai.example', '\\x00', now());
  insert into api_keys (id, merchant_id, collection_id, kind, hash, hint, scopes, created_at)
    values ('key_1', 'mer_1', 'col_1', 'api_key', sha256('1'), 'kp_test_…', '{payments:read}', now());
  insert into webhook_endpoints (id, merchant_id, url, description, event_types, status, created_at, updated_at)
    values ('whe_1', 'mer_1', 'https://kedai.example', '', '{*}', 'enabled', now(), now())`;

/** What a gateway wrote at some time: a payment, events of it now and a month later, what they owe, and calls. */
async function write(ms: number, n: number): Promise<void> {
  const { client } = database;
  const at = new Date(ms);
  const payment = newId("payment", ms, bytes(n));
  await client.query(
    `insert into payments (id, merchant_id, collection_id, checkout_id, protocol, api_key_id, merchant_name, invoice, amount_sen,
       currency, description, buyer, success_url, failure_url, locale, metadata, status, certainty, claims_invoice, event_count,
       created_at, updated_at, expires_at)
     values ($1, 'mer_1', 'col_1', 'cs' || $1, 'v2', 'key_1', 'Kedai', $1, 1250, 'MYR', '', '{}', 'https://s.example',
       'https://s.example', 'en', '{}', 'open', 'final', true, 2, $2, $2, $2)`,
    [payment, at],
  );
  for (const [sequence, type, time] of [
    [1, "payment.created", ms],
    [2, "payment.processing", ms + 31 * 86_400_000],
  ] as const) {
    const event = newId("event", time, bytes(10 * n + sequence));
    const delivery = newId("delivery", time, bytes(10 * n + sequence));
    const values = [event, payment, sequence, type, at];
    await client.query(
      `insert into events (id, merchant_id, collection_id, payment_id, sequence, type, data, created_at)
       values ($1, 'mer_1', 'col_1', $2, $3, $4, '{"b" : 1, "a":2}', $5)`,
      values,
    );
    await client.query(
      `insert into deliveries (id, merchant_id, collection_id, payment_id, event_id, endpoint_id, lane, format, status, next_attempt_at, created_at)
       values ($1, 'mer_1', 'col_1', $2, $3, 'whe_1', 'whe_1', 'v2', 'pending', now(), now())`,
      [delivery, payment, event],
    );
    await client.query(
      `insert into delivery_attempts (id, merchant_id, delivery_id, number, url, outcome, message, answer, answer_truncated, started_at, duration_ms)
       values ($1, 'mer_1', $2, 1, '', 'rejected', '', '', false, now(), 1)`,
      [newId("deliveryAttempt", time, bytes(10 * n + sequence)), delivery],
    );
  }
  for (const merchant of ["mer_1", null]) {
    await client.query(
      `insert into request_log (id, merchant_id, key_hint, address, protocol, method, route, path, query, status, code, duration_ms, created_at)
       values ($1, $2, '', '', 'v2', 'GET', '', '', '{}', 200, '', 1, $3)`,
      [newId("request", ms, bytes(n + (merchant === null ? 100 : 0))), merchant, at],
    );
  }
}

const rowsOf = async (table: string) =>
  (await database.client.query(`select to_jsonb(t) as row from ${table} t order by id`)).rows.map(({ row }) => row);

beforeAll(async () => {
  database = await databaseOfBefore("partitions.sql");
  await database.client.query(owners);
  for (const [n, ms] of times.entries()) await write(ms, n + 1);
  // A row whose id tells no time, as nobody but a person writes it.
  await database.client.query(
    "insert into events (id, merchant_id, type, data, created_at) values ('evt_by_hand', 'mer_1', 'api_key.created', '{}', now())",
  );
  for (const table of ["events", "deliveries", "delivery_attempts", "request_log"]) before[table] = await rowsOf(table);
  await database.migrate();
});
afterAll(() => database.drop());

it("keeps every row as it was, to the bytes of what an event says", async () => {
  for (const table of ["events", "deliveries", "delivery_attempts"]) expect(await rowsOf(table)).toEqual(before[table]);
  const calls = [...(await rowsOf("request_log")), ...(await rowsOf("request_log_of_strangers"))];
  expect(calls.map((call) => call.id).sort()).toEqual(
    before["request_log"]?.map((call) => (call as { id: string }).id),
  );
  expect(await rowsOf("request_log_of_strangers")).toHaveLength(times.length);
  const { rows } = await database.client.query(
    "select distinct data::text as data from events where payment_id is not null",
  );
  expect(rows).toEqual([{ data: '{"b" : 1, "a":2}' }]);
});

it("puts each row where its time belongs, and leaves nothing of the old tables", async () => {
  const { client } = database;
  for (const [table, prefix] of [
    ["events", "evt"],
    ["deliveries", "dlv"],
    ["delivery_attempts", "dla"],
  ]) {
    const { rows } = await client.query(
      `select id, tableoid::regclass::text as place, time_of_id(id) as at from ${table}`,
    );
    expect(rows.length).toBeGreaterThanOrEqual(6);
    for (const { id, place, at } of rows) {
      expect(id.startsWith(`${prefix}_`)).toBe(true);
      expect(place).toBe(at === null ? `${table}_default` : `${table}_${monthOf(at.getTime())}`);
    }
  }
  expect((await client.query("select relname from pg_class where relname like 'before%'")).rows).toEqual([]);
});

it("guards them as before", async () => {
  const { client } = database;
  await expect(client.query("update events set type = type")).rejects.toThrow("append-only");
  await expect(client.query("delete from events")).rejects.toThrow("append-only");
  await expect(client.query("update delivery_attempts set url = 'x'")).rejects.toThrow("append-only");
  await expect(
    client.query(
      'insert into events select (e).* from (select jsonb_populate_record(e, \'{"id": "evt_2"}\') as e from events e) x',
    ),
  ).rejects.toThrow(/duplicate|not of its time/);
  const { rows } = await client.query(
    "insert into deliveries (id, merchant_id, event_id, endpoint_id, lane, format, status, created_at) " +
      "select id || 'x', merchant_id, event_id, endpoint_id, lane, format, 'failed', created_at from deliveries on conflict do nothing returning 1",
  );
  expect(rows).toEqual([]);
});
