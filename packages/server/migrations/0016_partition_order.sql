-- What this function does is to lock, to count and to record; whoever calls it drops. Now it is called so.
alter function drop_partition(text, text, text, text) rename to record_drop;

-- Ids are compared by their bytes: in the order of some languages "CH" comes after "D", and a month would go before its time.
-- Drops the oldest partition that has been kept long enough, of whichever table. Events go together with their deliveries,
-- and neither goes while one of these is still to be sent.
create or replace function drop_next_partition() returns text language plpgsql security definer
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
      where to_id collate "C" <= id_at(rule.id_prefix, clock_timestamp() - rule.keep_days * interval '1 day') collate "C" limit 1;
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
        perform record_drop('deliveries', partner.name, partner.from_id, partner.to_id);
      end if;
      perform record_drop('events', old.name, old.from_id, old.to_id);
      lock table only deliveries, only events in access exclusive mode;
      if partner.name is not null then execute format('drop table %I', partner.name); end if;
    else
      perform record_drop(rule.table_name, old.name, old.from_id, old.to_id);
    end if;
    execute format('drop table %I', old.name);
    return old.name;
  end loop;
  return null;
end $$;

-- Makes one partition that is wanted: for the present and what comes next, or for rows that are without one. Nobody waits
-- for it longer than a moment; what cannot be had at once is left for another time.
create or replace function make_next_partition() returns text language plpgsql security definer
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
    -- To move the others would keep off whoever writes there, and that is everybody as long as the present has no other place.
    continue when is_busy;
    execute format('select id from %I where time_of_id(id) is not null order by id limit 1', rule.table_name || '_default') into stray;
    if stray is not null then
      starts := date_trunc(rule.unit, time_of_id(stray));
      perform make_partition(rule, starts);
      return partition_name(rule, starts);
    end if;
  end loop;
  return null;
end $$;
