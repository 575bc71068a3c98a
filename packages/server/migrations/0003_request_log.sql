-- What was asked and what was answered, redacted. Written in batches behind the calls, so no row refers to another
-- table: the log must never be a reason for anything else to wait or to fail. Rows go when they are old enough.
create table request_log (
  id text primary key,
  -- Null for a call whose key was missing or unknown: it is nobody's.
  merchant_id text,
  collection_id text,
  key_id text,
  key_hint text not null,
  address text not null,
  protocol text not null check (protocol in ('v2', 'wire')),
  method text not null,
  -- The pattern that the path matched; empty when there is none.
  route text not null,
  path text not null,
  query jsonb not null,
  status smallint not null,
  code text not null,
  duration_ms real not null,
  request_body jsonb,
  answer_body jsonb,
  created_at timestamptz not null
);
-- Ids sort by time, so these serve pages, newest first, and the reaping of the oldest.
create index request_log_of_merchant on request_log (merchant_id, id) where merchant_id is not null;
create index request_log_failures on request_log (merchant_id, id) where merchant_id is not null and status <> 200;
create index request_log_of_nobody on request_log (id) where merchant_id is null;
