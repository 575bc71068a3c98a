-- What grows without end is kept by its time, so that what is old enough goes as whole tables: events and deliveries by
-- the month, attempts to deliver too, calls by the week, and those of strangers by the day. Ids begin with their time, so
-- the id is the key by which rows are parted, and finding a row by its id looks in one place.

-- Ids sort by their bytes, whatever the language of the server: some languages sort CH after H.
create function id_at(prefix text, at timestamptz) returns text language plpgsql immutable strict set search_path = pg_catalog, pg_temp as $$
declare
  ms bigint := greatest(0, floor(extract(epoch from at) * 1000));
  id text := '';
begin
  for place in 1..10 loop
    id := substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', (ms & 31)::integer + 1, 1) || id;
    ms := ms >> 5;
  end loop;
  return prefix || '_' || id;
end $$;

-- The time that an id tells; null for a text that is no id.
create function time_of_id(id text) returns timestamptz language plpgsql stable strict set search_path = pg_catalog, pg_temp as $$
declare
  ms bigint := 0;
begin
  if substr(id, 5, 10) !~ '^[0-7][0-9A-HJKMNP-TV-Z]{9}$' then return null; end if;
  for place in 5..14 loop
    ms := (ms << 5) | (strpos('0123456789ABCDEFGHJKMNPQRSTVWXYZ', substr(id, place, 1)) - 1);
  end loop;
  return timestamptz 'epoch' + ms * interval '1 millisecond';
end $$;

-- How each table is parted, and how long its rows are kept. Only the owner writes it, from the settings, so that whoever
-- has the application's rights cannot have anything dropped before its time.
create table partition_rules (
  table_name text primary key,
  id_prefix text not null,
  unit text not null check (unit in ('day', 'week', 'month')),
  -- Partitions that are made before their time comes.
  ahead integer not null check (ahead between 1 and 100),
  keep_days integer not null check (keep_days between 0 and 36500)
);
insert into partition_rules (table_name, id_prefix, unit, ahead, keep_days) values
  ('delivery_attempts', 'dla', 'month', 2, 90),
  ('deliveries', 'dlv', 'month', 2, 400),
  ('events', 'evt', 'month', 2, 400),
  ('request_log', 'req', 'week', 2, 30),
  ('request_log_of_strangers', 'req', 'day', 3, 2);

-- What was dropped, so that what is gone otherwise can be told from it.
create table dropped_partitions (
  name text not null,
  table_name text not null,
  from_id text not null,
  -- The first id that was not in it any more.
  to_id text not null,
  row_count bigint not null check (row_count >= 0),
  -- Those of them that were about a payment; null where rows are not.
  of_payments bigint check (of_payments between 0 and row_count),
  dropped_at timestamptz not null,
  -- A partition can come again, for a row that came late.
  primary key (name, dropped_at)
);
create trigger dropped_partitions_append_only before update or delete on dropped_partitions for each row execute function refuse_change();
create trigger dropped_partitions_no_truncate before truncate on dropped_partitions execute function refuse_change();

-- The tables as they were step aside; so do the names of their indexes and constraints.
do $$
declare
  old record;
begin
  for old in
    select c.oid::regclass as name, c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid in ('events'::regclass, 'deliveries'::regclass, 'delivery_attempts'::regclass, 'request_log'::regclass)
  loop
    execute format('alter index %s rename to %I', old.name, 'before_' || old.relname);
  end loop;
  for old in
    select conrelid::regclass as owner, conname from pg_constraint
    where conrelid in ('events'::regclass, 'deliveries'::regclass, 'delivery_attempts'::regclass, 'request_log'::regclass)
      and conname not like 'before_%' and contype <> 'n'
  loop
    execute format('alter table %s rename constraint %I to %I', old.owner, old.conname, 'before_' || old.conname);
  end loop;
end $$;
alter table events rename to before_events;
alter table deliveries rename to before_deliveries;
alter table delivery_attempts rename to before_delivery_attempts;
alter table request_log rename to before_request_log;

create table events (
  id text collate "C" primary key,
  -- Null for what happens in the bank network: such an event is nobody's.
  merchant_id text,
  collection_id text,
  payment_id text,
  sequence integer check (sequence >= 1),
  type text not null,
  -- As it was written: receivers are sent exactly this, and the same bytes each time.
  data json not null,
  created_at timestamptz not null,
  attempt_id text,
  check ((merchant_id is null) = (type like 'bank.%')),
  check ((payment_id is not null) = (type like 'payment.%')),
  check ((payment_id is null) = (sequence is null)),
  check (payment_id is null or collection_id is not null),
  check (attempt_id is null or payment_id is not null),
  check (merchant_id is not null or collection_id is null)
) partition by range (id);

create table deliveries (
  id text collate "C" not null,
  merchant_id text not null,
  payment_id text,
  event_id text collate "C" not null,
  format text not null check (format in ('v2', 'wire')),
  url text,
  payload jsonb,
  status text not null check (status in ('pending', 'delivered', 'failed')),
  attempt_count integer not null default 0,
  next_attempt_at timestamptz,
  lease_until timestamptz,
  last_status integer,
  last_error text,
  created_at timestamptz not null,
  delivered_at timestamptz,
  -- Null for the callback address of a payment.
  endpoint_id text,
  collection_id text,
  -- Whom a delivery can hold up: an endpoint, or the merchant's shop at one origin.
  lane text collate "C" not null,
  -- Attempts since it was last planned from the beginning; attempt_count counts all there ever were.
  round_count integer not null default 0,
  last_outcome text,
  last_attempt_at timestamptz,
  primary key (merchant_id, id),
  check ((status = 'pending') = (next_attempt_at is not null)),
  check (round_count between 0 and attempt_count),
  check ((endpoint_id is null) = (url is not null)),
  check (endpoint_id is null or format = 'v2'),
  check ((format = 'wire') = (payload is not null)),
  check (lease_until is null or status = 'pending'),
  -- A delivery lies in the month of its event: so one index in each month keeps one receiver from being told twice, and
  -- both go together.
  check (substr(id, 5, 10) = substr(event_id, 5, 10))
) partition by range (id);

create table delivery_attempts (
  id text collate "C" not null,
  merchant_id text not null,
  delivery_id text collate "C" not null,
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
  duration_ms integer not null check (duration_ms >= 0),
  primary key (merchant_id, id)
) partition by range (id);

create table request_log (
  id text collate "C" not null,
  merchant_id text not null,
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
  created_at timestamptz not null,
  primary key (merchant_id, id)
) partition by range (id);

-- Calls whose key was missing or unknown: they are nobody's, and go sooner.
create table request_log_of_strangers (like request_log including constraints) partition by range (id);
alter table request_log_of_strangers alter column merchant_id drop not null, add primary key (id),
  add check (num_nonnulls(merchant_id, collection_id, key_id) = 0);

-- What a partition has of its own, since its table cannot have it for all of them.
create function guard_partition(parent text, name text) returns void language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if parent = 'events' then
    execute format('create unique index %I on %I (payment_id, sequence)', name || '_numbered', name);
    execute format('create unique index %I on %I (payment_id) where type = %L', name || '_paid_once', name, 'payment.paid');
  elsif parent = 'deliveries' then
    -- One event is owed to one receiver once; sending it again is another attempt at the same delivery.
    execute format('create unique index %I on %I (event_id, endpoint_id) nulls not distinct', name || '_once', name);
  end if;
  if parent in ('events', 'delivery_attempts') then
    execute format('create trigger %I before truncate on %I execute function refuse_change()', name || '_no_truncate', name);
  end if;
end $$;

-- What no partition was made for: a row is never refused because one is missing.
do $$
declare
  rule record;
begin
  for rule in select * from partition_rules loop
    execute format('create table %I partition of %I default', rule.table_name || '_default', rule.table_name);
    perform guard_partition(rule.table_name, rule.table_name || '_default');
  end loop;
end $$;

create function partition_name(rule partition_rules, starts timestamptz) returns text
language sql stable set search_path = pg_catalog, pg_temp as
  $$ select rule.table_name || to_char(starts at time zone 'UTC', case rule.unit when 'month' then '_YYYY_MM' else '_YYYY_MM_DD' end) $$;

-- Makes one partition, and gives it the rows of its time that went where those without one go.
create function make_partition(rule partition_rules, starts timestamptz) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
declare
  name text := partition_name(rule, starts);
  strays text := rule.table_name || '_default';
  from_id text := id_at(rule.id_prefix, starts);
  to_id text := id_at(rule.id_prefix, starts + ('1 ' || rule.unit)::interval);
  has_strays boolean;
begin
  execute format('create table public.%I (like %I including defaults including constraints including storage)', name, rule.table_name);
  -- Whoever is just writing there is waited for, and nobody writes any more until all is done.
  execute format('lock table %I in share row exclusive mode', strays);
  execute format('select exists (select from %I where id >= $1 and id < $2)', strays) into has_strays using from_id, to_id;
  if has_strays then
    execute format('alter table %I disable trigger user', strays);
    execute format('with moved as (delete from %I where id >= $1 and id < $2 returning *) insert into %I select * from moved', strays, name)
      using from_id, to_id;
    execute format('alter table %I enable trigger user', strays);
  end if;
  perform guard_partition(rule.table_name, name);
  execute format('alter table %I attach partition %I for values from (%L) to (%L)', rule.table_name, name, from_id, to_id);
end $$;

-- Every row of before goes to the partition of its time. They are copied and not attached as they lie: what is dropped later
-- must be whole months, and ids now sort by their bytes.
do $$
declare
  rule partition_rules;
  parts record;
  starts timestamptz;
begin
  perform set_config('timezone', 'UTC', true);
  for parts in
    select * from (values ('events', 'before_events', 'true'), ('deliveries', 'before_deliveries', 'true'),
      ('delivery_attempts', 'before_delivery_attempts', 'true'), ('request_log', 'before_request_log', 'merchant_id is not null'),
      ('request_log_of_strangers', 'before_request_log', 'merchant_id is null')) v (name, source, which)
  loop
    select * into rule from partition_rules where table_name = parts.name;
    for starts in execute format('select distinct date_trunc($1, time_of_id(id)) from %I where %s and time_of_id(id) is not null',
      parts.source, parts.which) using rule.unit
    loop
      perform make_partition(rule, starts);
    end loop;
    for step in 0..rule.ahead loop
      starts := date_trunc(rule.unit, clock_timestamp()) + step * ('1 ' || rule.unit)::interval;
      if to_regclass(partition_name(rule, starts)) is null then perform make_partition(rule, starts); end if;
    end loop;
    execute format('insert into %I (%s) select %2$s from %I where %s', parts.name,
      (select string_agg(quote_ident(attname), ', ') from pg_attribute where attrelid = parts.name::regclass and attnum > 0),
      parts.source, parts.which);
  end loop;
end $$;
drop table before_delivery_attempts, before_deliveries, before_events, before_request_log;

-- References and further indexes are made for all rows at once.
alter table events
  add foreign key (merchant_id) references merchants,
  add foreign key (collection_id) references collections,
  add foreign key (payment_id) references payments,
  add foreign key (attempt_id) references attempts;
alter table deliveries
  add foreign key (merchant_id) references merchants,
  add foreign key (collection_id) references collections,
  add foreign key (payment_id) references payments,
  add foreign key (endpoint_id) references webhook_endpoints;
create index events_of_merchant on events (merchant_id, id);
create index deliveries_due on deliveries (lane, next_attempt_at, id) where status = 'pending';
-- Where what is pending begins, so that older months need not be looked into.
create index deliveries_pending on deliveries (id) where status = 'pending';
create index deliveries_leased on deliveries (lane) where lease_until is not null;
create index deliveries_of_endpoint on deliveries (merchant_id, endpoint_id, id) where endpoint_id is not null;
create index deliveries_failed on deliveries (merchant_id, id) where status = 'failed';
create index deliveries_of_payment on deliveries (payment_id);
create index delivery_attempts_of_delivery on delivery_attempts (merchant_id, delivery_id, id);
create index request_log_failures on request_log (merchant_id, id) where status <> 200;

-- What stands in for a reference, where the table that is referred to goes month by month: PostgreSQL would go through all
-- that refers to a partition before it lets it go. Nothing that is referred to can go meanwhile, because reading it locks it.
create function deliveries_refer() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  if not exists (select from events where id = new.event_id) then
    raise exception 'delivery % is of event %, which is not there', new.id, new.event_id using errcode = 'foreign_key_violation';
  end if;
  return null;
end $$;
create trigger deliveries_refer after insert on deliveries for each row execute function deliveries_refer();
create function delivery_attempts_refer() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  if not exists (select from deliveries where merchant_id = new.merchant_id and id = new.delivery_id) then
    raise exception 'attempt % is at delivery %, which is not there', new.id, new.delivery_id using errcode = 'foreign_key_violation';
  end if;
  return null;
end $$;
create trigger delivery_attempts_refer after insert on delivery_attempts for each row execute function delivery_attempts_refer();

-- A number is one event's, and a payment is told to be paid once, in all months together. Within a month a unique index
-- keeps that. The first event bears the time of its payment, so it needs no more. Whoever writes a later one holds the
-- payment's lock, and sees what everybody who held it before has committed: so nobody can write the same meanwhile.
create function events_apart() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  digits constant text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  ms bigint;
  from_id text;
begin
  if new.sequence = 1 then
    raise exception 'event % is the first of %, and not of its time', new.id, new.payment_id using errcode = 'check_violation';
  end if;
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'events of payments are written at read committed, which sees what was committed while it waited'
      using errcode = 'invalid_transaction_state';
  end if;
  -- Processes' clocks differ by less than a day. The first half of what an id tells of its time is enough, and soon made.
  select (extract(epoch from created_at)::bigint * 1000 - 86400000) >> 25 into ms from payments where id = new.payment_id for no key update;
  from_id := 'evt_' || substr(digits, (ms >> 20 & 31)::integer + 1, 1) || substr(digits, (ms >> 15 & 31)::integer + 1, 1)
    || substr(digits, (ms >> 10 & 31)::integer + 1, 1) || substr(digits, (ms >> 5 & 31)::integer + 1, 1)
    || substr(digits, (ms & 31)::integer + 1, 1);
  perform from events e where e.payment_id = new.payment_id and e.sequence = new.sequence and e.id >= from_id and e.id <> new.id limit 1;
  if not found and new.type = 'payment.paid' then
    perform from events e where e.payment_id = new.payment_id and e.type = 'payment.paid' and e.id >= from_id and e.id <> new.id limit 1;
  end if;
  if found then
    raise exception 'duplicate: % has event % already, or another that it was paid', new.payment_id, new.sequence
      using errcode = 'unique_violation';
  end if;
  return null;
end $$;
create trigger events_apart after insert on events for each row
  when (new.sequence > 1 or substr(new.id, 5, 10) <> substr(new.payment_id, 5, 10)) execute function events_apart();

-- A trigger that is passed on to partitions is told their names, so the tables are told apart by their columns.
create or replace function refuse_all_but_erasure() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  was jsonb := to_jsonb(old);
  payment text;
begin
  if tg_op = 'UPDATE' then
    payment := case when was ? 'payment_id' then was ->> 'payment_id'
      else (select a.payment_id from attempts a where a.id = was ->> 'attempt_id') end;
    was := was || case when was ? 'payment_id' then jsonb_build_object('data', erased_view(was -> 'data')) else '{"body":""}' end;
    if to_jsonb(new) = was and exists (select from payments p where p.id = payment and p.buyer_erased_at is not null) then
      return new;
    end if;
  end if;
  raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end $$;
create trigger events_append_only before update or delete on events for each row execute function refuse_all_but_erasure();
create trigger delivery_attempts_unchanged before update on delivery_attempts for each row execute function refuse_change();
create trigger events_no_truncate before truncate on events execute function refuse_change();
create trigger delivery_attempts_no_truncate before truncate on delivery_attempts execute function refuse_change();
