-- Events that are not about a payment; endpoints that are told of events; and every attempt to tell somebody.

-- An event of the bank network is nobody's own: it has no merchant, and every merchant may read it. No other may be so.
alter table events
  alter column merchant_id drop not null,
  alter column collection_id drop not null,
  alter column payment_id drop not null,
  alter column sequence drop not null,
  add column attempt_id text references attempts,
  -- As it was written: receivers are sent exactly this, and the same bytes each time.
  alter column data type json using data::text::json,
  add check ((merchant_id is null) = (type like 'bank.%')),
  add check ((payment_id is not null) = (type like 'payment.%')),
  add check ((payment_id is null) = (sequence is null)),
  add check (payment_id is null or collection_id is not null),
  add check (attempt_id is null or payment_id is not null),
  add check (merchant_id is not null or collection_id is null);
create index events_of_merchant on events (merchant_id, id);

create table webhook_endpoints (
  id text primary key,
  merchant_id text not null references merchants,
  -- Null hears of every collection.
  collection_id text references collections,
  url text not null check (length(url) <= 2000),
  description text not null check (length(description) <= 500),
  -- Types of events, groups such as payment.*, or *.
  event_types text[] not null check (cardinality(event_types) between 1 and 100),
  status text not null check (status in ('enabled', 'disabled', 'deleted')),
  disabled_reason text check (disabled_reason in ('requested', 'gone', 'failing')),
  disabled_at timestamptz,
  -- Since when every attempt has failed; null while the last one went well.
  failing_since timestamptz,
  last_test_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  check ((status = 'disabled') = (disabled_reason is not null)),
  check ((disabled_reason is null) = (disabled_at is null)),
  check ((status = 'deleted') = (deleted_at is not null))
);
create index webhook_endpoints_of_merchant on webhook_endpoints (merchant_id, id) where status <> 'deleted';

-- The current secret of an endpoint, and those that still sign beside it until an overlap has passed.
create table webhook_secrets (
  endpoint_id text not null references webhook_endpoints,
  number integer not null check (number >= 1),
  sealed bytea not null,
  created_at timestamptz not null,
  valid_until timestamptz,
  primary key (endpoint_id, number)
);
create unique index webhook_secrets_one_current on webhook_secrets (endpoint_id) where valid_until is null;

alter table deliveries
  -- Null for the callback address of a payment.
  add column endpoint_id text references webhook_endpoints,
  add column collection_id text references collections,
  -- Whom a delivery can hold up: an endpoint, or the merchant's shop at one origin.
  add column lane text collate "C",
  -- Attempts since it was last planned from the beginning; attempt_count counts all there ever were.
  add column round_count integer not null default 0 check (round_count between 0 and attempt_count),
  add column last_outcome text,
  add column last_attempt_at timestamptz,
  alter column payment_id drop not null,
  alter column url drop not null,
  alter column payload drop not null;
update deliveries d set
  collection_id = p.collection_id,
  lane = d.merchant_id || ' ' || lower(coalesce(substring(d.url from '^[A-Za-z]+://[^/?#]+'), '')),
  round_count = d.attempt_count,
  payload = case when d.format = 'wire' then d.payload end
from payments p where p.id = d.payment_id;
alter table deliveries
  alter column lane set not null,
  drop constraint deliveries_event_id_url_key,
  -- One event is owed to one receiver once; sending it again is another attempt at the same delivery.
  add unique nulls not distinct (event_id, endpoint_id),
  -- An endpoint's address is read when it is sent to, so that mending it helps what waits.
  add check ((endpoint_id is null) = (url is not null)),
  add check (endpoint_id is null or format = 'v2'),
  -- What v2 callbacks say stands in the event.
  add check ((format = 'wire') = (payload is not null)),
  add check (lease_until is null or status = 'pending');
drop index deliveries_due;
create index deliveries_due on deliveries (lane, next_attempt_at, id) where status = 'pending';
create index deliveries_leased on deliveries (lane) where lease_until is not null;
create index deliveries_of_merchant on deliveries (merchant_id, id);
create index deliveries_of_endpoint on deliveries (endpoint_id, id) where endpoint_id is not null;
create index deliveries_failed on deliveries (merchant_id, id) where status = 'failed';

-- What was sent when, and what came back. Rows go when they are old enough, and are never changed.
create table delivery_attempts (
  id text primary key,
  merchant_id text not null,
  delivery_id text not null references deliveries,
  number integer not null check (number >= 1),
  url text not null,
  outcome text not null check (outcome in
    ('delivered', 'rejected', 'redirected', 'gone', 'timed_out', 'unreachable', 'blocked', 'not_sent')),
  status smallint,
  message text not null,
  -- How the answer began, with everything escaped that a page or a terminal could take for more than text.
  answer text not null check (length(answer) <= 6144),
  answer_truncated boolean not null,
  retry_after_s integer,
  started_at timestamptz not null,
  duration_ms integer not null check (duration_ms >= 0)
);
create index delivery_attempts_of_delivery on delivery_attempts (delivery_id, id);

create trigger webhook_endpoints_stay before delete on webhook_endpoints for each row execute function refuse_change();
create trigger delivery_attempts_unchanged before update on delivery_attempts for each row execute function refuse_change();
create trigger webhook_endpoints_no_truncate before truncate on webhook_endpoints execute function refuse_change();
create trigger delivery_attempts_no_truncate before truncate on delivery_attempts execute function refuse_change();

-- Kept answers that show a delivery begin with its id, by which erasure finds the callback address in them.
create index idempotency_records_of_delivery on idempotency_records (substr(body, 8, 30)) where left(body, 11) = '{"id":"dlv_';

-- What erasure leaves of an event is JSON text as well.
create function erased_view(data json) returns json language sql immutable set search_path = pg_catalog, public, pg_temp as
  $$ select erased_view(data::jsonb)::json $$;

-- Erases what is kept of the buyer of one payment. For the tables' owner alone: it is given to nobody. What endpoints were
-- sent stands in the events; what they answered may repeat it, so nothing of that is left.
create or replace function erase_buyer(payment text, audit_id text, actor_kind text, actor text) returns boolean
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  hindrance text;
  of_merchant text;
begin
  select merchant_id into of_merchant from payments where id = payment for update;
  if not found then return false; end if;
  hindrance := erasure_hindrance(payment);
  if hindrance is not null then
    raise exception 'the buyer data of % stays: %', payment, hindrance using errcode = 'object_in_use';
  end if;
  update payments set buyer_erased_at = clock_timestamp(), buyer = '{}', metadata = '{}', description = '',
    success_url = bare_address(success_url), failure_url = bare_address(failure_url), callback_url = bare_address(callback_url)
    where id = payment;
  update attempts set sent = erased_members(sent), details = erased_members(details) where payment_id = payment;
  update bank_messages m set body = '' from attempts a where a.payment_id = payment and m.attempt_id = a.id and m.body <> '';
  update events set data = erased_view(data) where payment_id = payment;
  delete from delivery_attempts a using deliveries d where d.payment_id = payment and a.delivery_id = d.id;
  update deliveries set payload = case when format = 'wire' then '{}'::jsonb end, url = bare_address(url)
    where payment_id = payment and endpoint_id is null;
  update idempotency_records set body = erased_view(body::jsonb)::text
    where left(body, 11) = '{"id":"pay_' and substr(body, 8, 30) = payment;
  update idempotency_records set body = jsonb_set(body::jsonb, '{url}', to_jsonb(bare_address(body::jsonb ->> 'url')))::text
    where left(body, 11) = '{"id":"dlv_'
      and substr(body, 8, 30) in (select id from deliveries where payment_id = payment and endpoint_id is null);
  insert into audit_log (id, merchant_id, at, actor_kind, actor, action, object_id, changes)
    values (audit_id, of_merchant, clock_timestamp(), actor_kind, actor, 'payment.buyer_erased', payment, '{}');
  return true;
end $$;
revoke execute on function erase_buyer from public;
