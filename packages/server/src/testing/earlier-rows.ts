/**
 * One paid payment, as the first version of the gateway wrote it: its schema, its columns, and every row that belongs
 * to it. To be run by the owner of a database that has only the first migrations.
 */
export const earlierRows = `
  insert into gateway_identity (mode) values ('sandbox');
  insert into merchants (id, name, created_at) values ('mer_old', 'Kedai Lama', now());
  insert into collections (id, merchant_id, name, website, signing_secret_sealed, created_at)
    values ('col_old', 'mer_old', 'Main', 'https://lama.example', '', now());
  insert into api_keys (id, merchant_id, collection_id, kind, hash, hint, scopes, created_at)
    values ('key_old', 'mer_old', 'col_old', 'api_key', sha256('key'), 'kp_test_…0000', '{}', now());
  insert into payments (id, merchant_id, collection_id, checkout_id, protocol, api_key_id, merchant_name, invoice, amount_sen,
      currency, description, buyer, success_url, failure_url, locale, metadata, status, certainty, claims_invoice, attempt_count,
      event_count, created_at, updated_at, expires_at)
    values ('pay_old', 'mer_old', 'col_old', 'cs_old', 'v2', 'key_old', 'Kedai Lama', '1', 1250, 'MYR', '', '{"name":"Aminah"}',
      'https://lama.example/y', 'https://lama.example/n', 'en', '{}', 'open', 'final', true, 0, 1, now(), now(), now());
  insert into events (id, merchant_id, collection_id, payment_id, sequence, type, data, created_at)
    values ('evt_old1', 'mer_old', 'col_old', 'pay_old', 1, 'payment.created', '{"callback_url":null}', now()),
      ('evt_old2', 'mer_old', 'col_old', 'pay_old', 2, 'payment.processing', '{"callback_url":null}', now()),
      ('evt_old3', 'mer_old', 'col_old', 'pay_old', 3, 'payment.paid', '{"callback_url":null}', now());
  insert into attempts (id, merchant_id, payment_id, number, rail, model, bank_id, bank_name, order_number, sent, facts, locale,
      status, certainty, rail_code, concluded_at, created_at)
    values ('att_old', 'mer_old', 'pay_old', 1, 'fpx', 'b2c', 'MB2U0227', 'Maybank2U', 'KPold', '{}', '{}', 'en', 'succeeded',
      'final', '00', now(), now());
  update payments set status = 'paid', paid_at = now(), paid_attempt_id = 'att_old', attempt_count = 1, event_count = 3;
  insert into bank_messages (id, attempt_id, route, code, body, digest, certificate, effect, received_at)
    values ('msg_old', 'att_old', 'direct', '00', 'as it came', sha256('as it came'), 'cert', 'paid', now());
  insert into ledger_transactions (id, merchant_id, payment_id, attempt_id, kind, created_at)
    values ('txn_old', 'mer_old', 'pay_old', 'att_old', 'payment', now());
  insert into ledger_postings values ('txn_old', 1, 'exchange:fpx', 'MYR', 1250), ('txn_old', 2, 'merchant:mer_old', 'MYR', -1250)`;
