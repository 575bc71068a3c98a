-- Makes payments with everything that belongs to them, as many as the setting `books.payments` says, in the mixture of a
-- busy shop: most are paid; some are late, paid twice, tried again, expired, cancelled or under way. To be run by a
-- superuser of a database that has the schema, in one transaction. The same number makes the same rows.
set local session_replication_role = replica;
set local synchronous_commit = off;

insert into gateway_identity (mode) values ('sandbox') on conflict do nothing;
insert into merchants (id, name, created_at)
select 'mer_g' || m, 'Kedai ' || m, '2026-01-01' from generate_series(0, 9) m;
insert into collections (id, merchant_id, name, website, signing_secret_sealed, created_at)
select 'col_g' || m, 'mer_g' || m, 'Main', 'https://kedai' || m || '.example', '', '2026-01-01' from generate_series(0, 9) m;
insert into api_keys (id, merchant_id, collection_id, kind, hash, hint, scopes, created_at)
select 'key_g' || m, 'mer_g' || m, 'col_g' || m, 'api_key', sha256(convert_to('key_g' || m, 'UTF8')), 'kp_test_…0000', '{}', '2026-01-01'
from generate_series(0, 9) m;

-- What became of each payment, by its number: of every hundred, these.
create temporary table plan on commit drop as
select n, lpad(n::text, 9, '0') as tail, n % 10 as m, 100 + (n::bigint * 7919) % 500000 as amount_sen,
  timestamptz '2026-01-01' + n * interval '3 seconds' as at,
  case n % 100 when 0 then 'expired' when 1 then 'cancelled' when 2 then 'open' when 3 then 'processing'
    when 4 then 'awaiting_approval' else 'paid' end as status,
  n % 100 = 5 as was_tried, n % 100 = 6 as is_late, n % 100 = 7 as was_doubled
from generate_series(1, current_setting('books.payments')::int) n;

-- Attempts: `number` 1 fails where the buyer tried again, and succeeds twice where the buyer paid twice.
create temporary table tries on commit drop as
select p.*, k as number, case
    when status in ('processing') then 'in_flight' when status = 'awaiting_approval' then 'awaiting_approval'
    when was_tried and k = 1 then 'failed' else 'succeeded' end as outcome,
  'att_g' || tail || '_' || k as attempt_id
from plan p, generate_series(1, case when was_tried or was_doubled then 2 when status in ('open', 'expired', 'cancelled') then 0 else 1 end) k;

insert into payments (id, merchant_id, collection_id, checkout_id, protocol, api_key_id, merchant_name, invoice, amount_sen, currency,
  description, model, bank_id, buyer, success_url, failure_url, callback_url, locale, metadata, status, certainty, claims_invoice,
  flags, attempt_count, event_count, paid_attempt_id, created_at, updated_at, expires_at, paid_at, closed_at)
select 'pay_g' || tail, 'mer_g' || m, 'col_g' || m, 'cs_g' || tail, 'v2', 'key_g' || m, 'Kedai ' || m, 'G' || tail, amount_sen, 'MYR',
  'Order ' || n, null, null, jsonb_build_object('name', 'Buyer ' || n, 'email', 'buyer' || n || '@example.com'),
  'https://kedai.example/thanks', 'https://kedai.example/again', 'https://kedai.example/callback', 'en', '{}', status,
  case status when 'processing' then 'unknown' when 'awaiting_approval' then 'provisional' else 'final' end,
  status not in ('expired', 'cancelled') and not is_late,
  case when is_late then '{late_success}' when was_doubled then '{duplicate_success}' else '{}' end::text[],
  case when was_tried or was_doubled then 2 when status in ('open', 'expired', 'cancelled') then 0 else 1 end,
  case when was_tried then 5 when is_late or was_doubled then 4 + is_late::int when status in ('paid', 'awaiting_approval') then 3
    when status = 'open' then 1 else 2 end,
  case when status = 'paid' then 'att_g' || tail || '_' || case when was_tried then 2 else 1 end end,
  at, at, at + interval '1 day', case when status = 'paid' then at + interval '1 minute' end,
  case when status in ('expired', 'cancelled') or is_late then at + interval '1 day' end
from plan p;

insert into attempts (id, merchant_id, payment_id, number, rail, model, bank_id, bank_name, order_number, sent, facts, locale, status,
  certainty, rail_code, reason, rail_transaction_id, created_at, concluded_at)
select attempt_id, 'mer_g' || m, 'pay_g' || tail, number, 'fpx', 'b2c', 'MB2U0227', 'Maybank2U', 'KPG' || tail || number,
  jsonb_build_object('fpx_buyerName', 'Buyer ' || n), jsonb_build_object('amount', trim(to_char(amount_sen / 100.0, '9999990.00'))), 'en', outcome,
  case outcome when 'in_flight' then 'unknown' when 'awaiting_approval' then 'provisional' else 'final' end,
  case outcome when 'succeeded' then '00' when 'failed' then '51' when 'awaiting_approval' then '99' else '' end, '', 'G' || tail || number, at,
  case when outcome in ('succeeded', 'failed') then at + interval '1 minute' end
from tries;

insert into bank_messages (id, attempt_id, route, code, body, digest, certificate, effect, received_at)
select 'msg_g' || tail || '_' || number, attempt_id, 'direct', case outcome when 'succeeded' then '00' else '51' end, body,
  sha256(convert_to(body, 'UTF8')), 'certificate',
  case when outcome = 'failed' then 'failed' when number = 2 and was_doubled then 'duplicate_success' when is_late then 'late_success' else 'paid' end,
  at + interval '1 minute'
from (select t.*, 'fpx_sellerExOrderNo=KPG' || tail || number || '&fpx_buyerName=Buyer+' || n || '&fpx_checkSum=' || repeat(md5(tail), 16) as body from tries t) t
where outcome in ('succeeded', 'failed');

create temporary table bookings on commit drop as
select t.*, 'txn_g' || tail || '_' || number as id, case when number = 2 and was_doubled then 'duplicate' else 'payment' end as kind
from tries t where outcome = 'succeeded';
insert into ledger_transactions (id, merchant_id, payment_id, attempt_id, kind, created_at)
select id, 'mer_g' || m, 'pay_g' || tail, attempt_id, kind, at + interval '1 minute' from bookings;
insert into ledger_postings (transaction_id, line, account, currency, amount_sen)
select id, line, case when line = 1 then 'exchange:fpx' when kind = 'payment' then 'merchant:mer_g' || m else 'returns:mer_g' || m end, 'MYR',
  case line when 1 then amount_sen else -amount_sen end
from bookings, generate_series(1, 2) line;
insert into ledger_unsealed (transaction_id) select id from bookings;
insert into cases (id, merchant_id, payment_id, attempt_id, kind, detail, opened_at)
select 'cas_g' || tail, 'mer_g' || m, 'pay_g' || tail, attempt_id, 'duplicate_success', '{}', at from bookings where kind = 'duplicate';

create temporary table told on commit drop as
select p.*, type, sequence::int
from plan p, unnest(case
  when status = 'open' then array['created'] when status = 'expired' then array['created', 'expired']
  when status = 'cancelled' then array['created', 'cancelled'] when status = 'processing' then array['created', 'processing']
  when status = 'awaiting_approval' then array['created', 'processing', 'awaiting_approval']
  when was_tried then array['created', 'processing', 'attempt_failed', 'processing', 'paid']
  when is_late then array['created', 'processing', 'expired', 'paid', 'late_success']
  when was_doubled then array['created', 'processing', 'paid', 'duplicate_success']
  else array['created', 'processing', 'paid'] end) with ordinality as step (type, sequence);
insert into events (id, merchant_id, collection_id, payment_id, sequence, type, data, created_at)
select 'evt_g' || tail || '_' || sequence, 'mer_g' || m, 'col_g' || m, 'pay_g' || tail, sequence, 'payment.' || type,
  jsonb_build_object('id', 'pay_g' || tail, 'object', 'payment', 'amount', amount_sen, 'callback_url', 'https://kedai.example/callback',
    'buyer', jsonb_build_object('name', 'Buyer ' || n)), at + sequence * interval '1 second'
from told;
insert into webhook_endpoints (id, merchant_id, url, description, event_types, status, created_at, updated_at)
select 'whe_g' || m, 'mer_g' || m, 'https://kedai' || m || '.example/webhooks', '', '{payment.paid}', 'enabled', '2026-01-01', '2026-01-01'
from generate_series(0, 9) m;
insert into deliveries (id, merchant_id, collection_id, payment_id, event_id, lane, format, url, status, attempt_count, round_count, created_at, delivered_at)
select 'dlv_g' || tail || '_' || sequence, 'mer_g' || m, 'col_g' || m, 'pay_g' || tail, 'evt_g' || tail || '_' || sequence,
  'mer_g' || m || ' https://kedai.example', 'v2', 'https://kedai.example/callback', 'delivered', 1, 1, at, at
from told where type not in ('created', 'processing');
insert into deliveries (id, merchant_id, collection_id, payment_id, event_id, endpoint_id, lane, format, status, attempt_count, round_count, created_at, delivered_at)
select 'dlv_g' || tail || '_' || sequence || 'e', 'mer_g' || m, 'col_g' || m, 'pay_g' || tail, 'evt_g' || tail || '_' || sequence,
  'whe_g' || m, 'whe_g' || m, 'v2', 'delivered', 1, 1, at, at
from told where type = 'paid';
