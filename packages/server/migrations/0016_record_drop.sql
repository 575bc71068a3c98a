-- What this function does is to lock, to count and to record; whoever calls it drops. Now it is called so.
alter function drop_partition(text, text, text, text) rename to record_drop;

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
