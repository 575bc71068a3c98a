-- Every booking is sealed into a chain of its merchant's, a moment after it was committed: what is changed, removed or
-- slipped in behind that no longer fits the hashes. docs/guides/books.md says how to recompute them.
create table ledger_seals (
  merchant_id text not null references merchants,
  number bigint not null check (number >= 1),
  transaction_id text not null unique references ledger_transactions,
  previous_hash bytea not null check (length(previous_hash) = 32),
  hash bytea not null check (length(hash) = 32),
  sealed_at timestamptz not null,
  primary key (merchant_id, number)
);
create trigger ledger_seals_append_only before update or delete on ledger_seals for each row execute function refuse_change();
create trigger ledger_seals_no_truncate before truncate on ledger_seals execute function refuse_change();

-- Bookings that wait for their seal. A row comes with its booking and goes with its seal, in their transactions, so every
-- booking is in one place or the other: which ones are due is known by name, whatever order they were committed in.
create table ledger_unsealed (
  transaction_id text primary key references ledger_transactions
);
insert into ledger_unsealed (transaction_id) select id from ledger_transactions;

create function ledger_await_seal() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into ledger_unsealed (transaction_id) values (new.id);
  return null;
end $$;
create trigger ledger_transactions_await_seal after insert on ledger_transactions for each row execute function ledger_await_seal();

-- Every proof that was made, and what it found.
create table verifications (
  id text primary key,
  started_at timestamptz not null,
  duration_ms integer not null check (duration_ms >= 0),
  -- All faults; only the first are kept.
  fault_count integer not null check (fault_count >= 0),
  faults jsonb not null,
  counts jsonb not null
);
create trigger verifications_append_only before update or delete on verifications for each row execute function refuse_change();
create trigger verifications_no_truncate before truncate on verifications execute function refuse_change();

-- The newest seals that proofs have seen. They must stay in their chains, so the end of one cannot be cut off unseen.
create table verified_heads (
  merchant_id text not null references merchants,
  number bigint not null,
  hash bytea not null check (length(hash) = 32),
  verification_id text not null references verifications,
  primary key (merchant_id, number)
);
create trigger verified_heads_append_only before update or delete on verified_heads for each row execute function refuse_change();
create trigger verified_heads_no_truncate before truncate on verified_heads execute function refuse_change();

-- The sealed text takes a booking apart at spaces and ends of lines, so none may hide in its parts.
alter table ledger_transactions
  add check (concat(id, merchant_id, payment_id, attempt_id) ~ '^[A-Za-z0-9_]+$');
