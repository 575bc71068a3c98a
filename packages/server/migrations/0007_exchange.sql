-- What all processes together remember of a bank network: how fast it may be asked, and whether it answers.
create table exchanges (
  rail text primary key,
  -- When the next enquiry would be due if they came evenly: of the background, and of those whom somebody waits for.
  background_until timestamptz not null,
  callers_until timestamptz not null,
  -- Enquiries in a row that brought no answer at all, and what was wrong with the last.
  faults integer not null default 0 check (faults >= 0),
  last_fault text not null default '',
  -- Since when only probes go, and when the next one may.
  opened_at timestamptz,
  probe_at timestamptz,
  check ((opened_at is null) = (probe_at is null)),
  check (opened_at is null or faults > 0)
);

-- What the network said of a bank, whenever that was something new. The newest row of a bank is what holds.
create table bank_status_changes (
  id text primary key,
  rail text not null,
  model text not null check (model in ('b2c', 'b2b1')),
  bank_id text not null check (length(bank_id) between 1 and 20),
  online boolean not null,
  -- When the gateway learnt of it.
  since timestamptz not null,
  -- Since when the state before had lasted; null in a bank's first row.
  previous_since timestamptz,
  unique (rail, model, bank_id, since),
  check (previous_since < since)
);
create index bank_status_changes_of_bank on bank_status_changes (bank_id, id);
create trigger bank_status_changes_append_only before update or delete on bank_status_changes
  for each row execute function refuse_change();
create trigger bank_status_changes_no_truncate before truncate on bank_status_changes
  for each statement execute function refuse_change();
