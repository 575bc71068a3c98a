-- Rises in the transaction of every change that decides on who may call. Whoever keeps keys in memory compares it, and so
-- knows by one small read whether anything that is kept may have become wrong. It is a row and not a sequence, since a
-- sequence can be seen to rise before the change that raised it.
create table access_version (
  only_row boolean primary key default true check (only_row),
  value bigint not null
);
insert into access_version (value) values (1);

create function raise_access_version() returns trigger language plpgsql as $$
begin
  update access_version set value = value + 1;
  return null;
end $$;

-- When and from where a key was last used decides nothing, so it is not among these columns.
create trigger api_keys_access_changed
  after insert or delete or update of merchant_id, collection_id, kind, name, hash, scopes, expires_at, revoked_at, ip_allow_list
  on api_keys for each statement execute function raise_access_version();
create trigger collections_access_changed
  after delete or update of merchant_id, name, api_enabled, ip_allow_list
  on collections for each statement execute function raise_access_version();
create trigger merchants_access_changed
  after delete or update of name on merchants for each statement execute function raise_access_version();
