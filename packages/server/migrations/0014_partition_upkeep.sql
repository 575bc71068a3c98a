-- What is done for partitions as time goes by. The application may ask for it; what is done, the owner's rules decide.

-- Attempts are found by their merchant first, as all that there is many of.
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
  delete from delivery_attempts a using deliveries d
    where d.payment_id = payment and a.merchant_id = d.merchant_id and a.delivery_id = d.id;
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

-- Makes one partition that is wanted: for the present and what comes next, or for rows that are without one. Nobody waits
-- for it longer than a moment; what cannot be had at once is left for another time.
create function make_next_partition() returns text language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' set lock_timeout = '50ms' as $$
declare
  rule partition_rules;
  present timestamptz;
  starts timestamptz;
  stray text;
  is_busy boolean;
begin
  if not pg_try_advisory_xact_lock(4015727306) then return null; end if;
  for rule in select * from partition_rules order by table_name loop
    present := date_trunc(rule.unit, clock_timestamp());
    -- Many rows of the present would be in the way of those that are just being written. They wait until it is past.
    execute format('select count(*) > 10000 from (select from %I where id >= $1 and id < $2 limit 10001) strays', rule.table_name || '_default')
      into is_busy using id_at(rule.id_prefix, present), id_at(rule.id_prefix, present + ('1 ' || rule.unit)::interval);
    for step in 0..rule.ahead loop
      starts := present + step * ('1 ' || rule.unit)::interval;
      if (step > 0 or not is_busy) and to_regclass(partition_name(rule, starts)) is null then
        perform make_partition(rule, starts);
        return partition_name(rule, starts);
      end if;
    end loop;
    execute format('select id from %I where time_of_id(id) is not null and not ($1 and id >= $2 and id < $3) order by id limit 1',
      rule.table_name || '_default')
      into stray using is_busy, id_at(rule.id_prefix, present), id_at(rule.id_prefix, present + ('1 ' || rule.unit)::interval);
    if stray is not null then
      starts := date_trunc(rule.unit, time_of_id(stray));
      perform make_partition(rule, starts);
      return partition_name(rule, starts);
    end if;
  end loop;
  return null;
end $$;

-- Drops one partition, with a record of it. Who writes to it is kept off before its rows are counted, and everybody else
-- only for the moment of dropping it.
create function drop_partition(parent text, name text, from_id text, to_id text) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  counted bigint;
  told bigint;
begin
  execute format('lock table %I in share mode', name);
  if parent in ('events', 'deliveries') then
    execute format('select count(*), count(payment_id) from %I', name) into counted, told;
  else
    execute format('select count(*) from %I', name) into counted;
  end if;
  insert into dropped_partitions (name, table_name, from_id, to_id, row_count, of_payments, dropped_at)
    values (name, parent, from_id, to_id, counted, told, clock_timestamp());
end $$;

-- The partitions of a table in the order of their time, without the one for rows that have none.
create function partitions_of(parent text) returns table (name text, from_id text, to_id text)
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select c.relname::text, substring(b.bound from 'FROM \(''([^'']+)''\)'), substring(b.bound from 'TO \(''([^'']+)''\)') collate "C"
  from pg_inherits i join pg_class c on c.oid = i.inhrelid cross join lateral pg_get_expr(c.relpartbound, c.oid) b (bound)
  where i.inhparent = parent::regclass and b.bound <> 'DEFAULT'
  order by 3
$$;

-- Drops the oldest partition that has been kept long enough, of whichever table. Events go together with their deliveries,
-- and neither goes while one of these is still to be sent.
create function drop_next_partition() returns text language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' set lock_timeout = '50ms' as $$
declare
  rule partition_rules;
  old record;
  partner record;
  owed boolean;
begin
  if not pg_try_advisory_xact_lock(4015727306) then return null; end if;
  for rule in select * from partition_rules where table_name <> 'deliveries' order by table_name loop
    select * into old from partitions_of(rule.table_name)
      where to_id <= id_at(rule.id_prefix, clock_timestamp() - rule.keep_days * interval '1 day') limit 1;
    continue when not found;
    if rule.table_name = 'events' then
      execute 'select exists (select from deliveries where (status = $3 and id < $2) or (tableoid = $4 and id >= $1 and id < $2))'
        into owed using 'dlv' || substr(old.from_id, 4), 'dlv' || substr(old.to_id, 4), 'pending', 'deliveries_default'::regclass;
      continue when owed;
      select * into partner from partitions_of('deliveries') where from_id = 'dlv' || substr(old.from_id, 4);
      if found then
        execute format('lock table %I in share mode', partner.name);
        execute format('select exists (select from %I where status = %L)', partner.name, 'pending') into owed;
        continue when owed;
        perform drop_partition('deliveries', partner.name, partner.from_id, partner.to_id);
      end if;
      perform drop_partition('events', old.name, old.from_id, old.to_id);
      lock table only deliveries, only events in access exclusive mode;
      if partner.name is not null then execute format('drop table %I', partner.name); end if;
    else
      perform drop_partition(rule.table_name, old.name, old.from_id, old.to_id);
    end if;
    execute format('drop table %I', old.name);
    return old.name;
  end loop;
  return null;
end $$;
revoke execute on function make_next_partition, drop_next_partition from public;
