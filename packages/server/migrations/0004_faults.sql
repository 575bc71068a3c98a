-- Faults that a merchant has asked for in the sandbox. Kept here so that every process makes the same ones.
create table fault_rules (
  id text primary key,
  merchant_id text not null references merchants,
  collection_id text not null references collections,
  key_id text references api_keys,
  -- The calls it is for; null for all.
  method text,
  route text,
  code text,
  delay_ms integer not null check (delay_ms between 0 and 60000),
  after_commit boolean not null,
  drop_connection boolean not null,
  half_answer boolean not null,
  share double precision not null check (share > 0 and share <= 1),
  seed integer not null,
  most_hits integer check (most_hits > 0),
  -- Calls that it was asked about, and those that it struck.
  seen integer not null default 0,
  hits integer not null default 0,
  created_at timestamptz not null,
  check (code is not null or delay_ms > 0 or drop_connection or half_answer)
);
create index fault_rules_of_collection on fault_rules (collection_id, id);
