-- Who may call from where, and how a key came to be. An empty list lets every address in; with entries, only those.
alter table collections
  add column ip_allow_list text[] not null default '{}' check (cardinality(ip_allow_list) <= 100);

alter table api_keys
  add column name text not null default '' check (length(name) <= 120),
  add column ip_allow_list text[] not null default '{}' check (cardinality(ip_allow_list) <= 100),
  add column imported boolean not null default false,
  add column rolled_from text references api_keys,
  add column last_used_at timestamptz,
  add column last_used_address text,
  add check (scopes <@ array['payments:read', 'payments:write', 'manage']),
  add check (kind <> 'merchant_key' or not 'manage' = any (scopes)),
  add check (not imported or kind = 'merchant_key');
create index api_keys_of_merchant on api_keys (merchant_id, id);

-- What was changed in merchants, collections and keys, by whom and from where. Values as they were and as they became;
-- secrets stay out.
create table audit_log (
  id text primary key,
  merchant_id text not null references merchants,
  at timestamptz not null,
  actor_kind text not null check (actor_kind in ('key', 'operator', 'gateway')),
  -- A key's id, a person's name, or what part of the gateway it was.
  actor text not null check (length(actor) between 1 and 120),
  address text,
  action text not null,
  object_id text not null,
  changes jsonb not null,
  check ((actor_kind = 'key') = (address is not null))
);
create index audit_log_of_object on audit_log (object_id, id);
create index audit_log_of_merchant on audit_log (merchant_id, id);
create trigger audit_log_append_only before update or delete on audit_log for each row execute function refuse_change();
create trigger audit_log_no_truncate before truncate on audit_log execute function refuse_change();
