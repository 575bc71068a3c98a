import { expect, it } from "vitest";
import { databaseOfBefore } from "../testing/database-of-before.ts";

const before = `
  insert into merchants (id, name, created_at) values ('mer_1', 'Kedai', now());
  insert into collections (id, merchant_id, name, website, signing_secret_sealed, created_at)
    values ('col_1', 'mer_1', 'Main', 'https://kedai.example', '\\x00', now());
  insert into api_keys (id, merchant_id, collection_id, kind, hash, hint, scopes, created_at)
    values ('key_1', 'mer_1', 'col_1', 'api_key', sha256('1'), 'kp_test_…', '{payments:read}', now());
  insert into payments (id, merchant_id, collection_id, checkout_id, protocol, api_key_id, merchant_name, invoice, amount_sen,
      currency, description, buyer, success_url, failure_url, locale, metadata, status, certainty, claims_invoice, created_at,
      updated_at, expires_at)
    values ('pay_1', 'mer_1', 'col_1', 'cs_1', 'v2', 'key_1', 'Kedai', '10001', 1250, 'MYR', '', '{}', 'https://s.example',
      'https://s.example', 'en', '{}', 'open', 'final', true, now(), now(), now());
  insert into events (id, merchant_id, collection_id, payment_id, sequence, type, data, created_at)
    values ('evt_1', 'mer_1', 'col_1', 'pay_1', 1, 'payment.created', '{"id": "pay_1"}', now()),
      ('evt_2', 'mer_1', 'col_1', 'pay_1', 2, 'payment.paid', '{"id": "pay_1"}', now());
  insert into deliveries (id, merchant_id, payment_id, event_id, format, url, payload, status, attempt_count, next_attempt_at,
      lease_until, created_at)
    values ('dlv_1', 'mer_1', 'pay_1', 'evt_1', 'v2', 'https://Shop.example:8443/cb?order=1', '{"a": 1}', 'pending', 3, now(),
        now(), now()),
      ('dlv_2', 'mer_1', 'pay_1', 'evt_2', 'wire', 'http://shop.example/status', '{"encoded": "{}"}', 'failed', 10, null, null,
        now());`;

it("brings events and deliveries of before along, as far as each had come", async () => {
  const { client, migrate, drop } = await databaseOfBefore("webhooks.sql");
  try {
    await client.query(before);
    await migrate();
    const { rows } = await client.query(
      `select id, collection_id, lane, format, payload, endpoint_id, status, attempt_count, round_count,
         next_attempt_at is not null as is_planned from deliveries order by id`,
    );
    expect(rows).toEqual([
      {
        id: "dlv_1",
        collection_id: "col_1",
        lane: "mer_1 https://shop.example:8443",
        format: "v2",
        payload: null,
        endpoint_id: null,
        status: "pending",
        attempt_count: 3,
        round_count: 3,
        is_planned: true,
      },
      {
        id: "dlv_2",
        collection_id: "col_1",
        lane: "mer_1 http://shop.example",
        format: "wire",
        payload: { encoded: "{}" },
        endpoint_id: null,
        status: "failed",
        attempt_count: 10,
        round_count: 10,
        is_planned: false,
      },
    ]);
    const events = await client.query("select data ->> 'id' as id, sequence from events order by id");
    expect(events.rows).toEqual([
      { id: "pay_1", sequence: 1 },
      { id: "pay_1", sequence: 2 },
    ]);
    await expect(client.query("update events set type = type")).rejects.toThrow("append-only");
  } finally {
    await drop();
  }
});
