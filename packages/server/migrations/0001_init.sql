-- A database belongs to one mode for ever: sandbox and live money never share a table.
create table gateway_identity (
  only_row boolean primary key default true check (only_row),
  mode text not null check (mode in ('sandbox', 'live')),
  created_at timestamptz not null default now()
);

create table merchants (
  id text primary key,
  name text not null check (length(name) between 1 and 120),
  created_at timestamptz not null
);

create table collections (
  id text primary key,
  merchant_id text not null references merchants,
  name text not null check (length(name) between 1 and 120),
  website text not null,
  api_enabled boolean not null default true,
  signing_secret_sealed bytea not null,
  created_at timestamptz not null
);
create index collections_of_merchant on collections (merchant_id);

-- A key is kept only as its hash. A merchant key also leaves its callback key behind, sealed under the master key,
-- because that one has to be used and not merely compared.
create table api_keys (
  id text primary key,
  merchant_id text not null references merchants,
  collection_id text not null references collections,
  kind text not null check (kind in ('api_key', 'merchant_key')),
  hash bytea not null unique check (length(hash) = 32),
  hint text not null,
  scopes text[] not null,
  callback_key_sealed bytea,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  check (kind <> 'merchant_key' or callback_key_sealed is not null)
);
create index api_keys_of_collection on api_keys (collection_id);

create table payments (
  id text primary key,
  merchant_id text not null references merchants,
  collection_id text not null references collections,
  checkout_id text not null unique,
  protocol text not null check (protocol in ('v2', 'wire')),
  -- The merchant key that asked (wire protocol): its callback key signs what is sent back.
  api_key_id text not null references api_keys,
  -- As the buyer was shown it.
  merchant_name text not null,
  invoice text not null check (length(invoice) between 1 and 64),
  amount_sen bigint not null check (amount_sen between 1 and 1000000000),
  currency text not null check (currency = 'MYR'),
  description text not null,
  model text check (model in ('b2c', 'b2b1')),
  bank_id text,
  buyer jsonb not null,
  success_url text not null,
  failure_url text not null,
  callback_url text,
  locale text not null check (locale in ('en', 'ms')),
  metadata jsonb not null,
  status text not null check (status in ('open', 'processing', 'awaiting_approval', 'paid', 'expired', 'cancelled')),
  certainty text not null check (certainty in ('final', 'provisional', 'unknown')),
  -- True for the one payment that its invoice stands for; see the unique index below.
  claims_invoice boolean not null,
  flags text[] not null default '{}',
  attempt_count integer not null default 0,
  event_count integer not null default 0,
  paid_attempt_id text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  expires_at timestamptz not null,
  paid_at timestamptz,
  closed_at timestamptz,
  check ((status = 'paid') = (paid_at is not null)),
  check ((status = 'paid') = (paid_attempt_id is not null)),
  check (not claims_invoice or status not in ('expired', 'cancelled')),
  check (claims_invoice or status in ('expired', 'cancelled', 'paid')),
  check (status not in ('paid', 'expired', 'cancelled', 'open') or certainty = 'final')
);
-- One invoice names one live payment of a collection, whichever API asked, however many asked at once.
create unique index payments_one_live_per_invoice on payments (collection_id, invoice) where claims_invoice;
create index payments_by_invoice on payments (collection_id, invoice, id);
create index payments_of_collection on payments (collection_id, id);
create index payments_by_status on payments (collection_id, status, id);
create index payments_to_expire on payments (expires_at) where status = 'open';

create table attempts (
  id text primary key,
  merchant_id text not null references merchants,
  payment_id text not null references payments,
  number integer not null check (number >= 1),
  rail text not null,
  model text not null check (model in ('b2c', 'b2b1')),
  bank_id text not null,
  bank_name text not null,
  order_number text not null unique,
  -- The request exactly as it left with the buyer, for enquiries and as evidence.
  sent jsonb not null,
  -- What every answer must repeat.
  facts jsonb not null,
  locale text not null check (locale in ('en', 'ms')),
  status text not null check (status in ('in_flight', 'awaiting_approval', 'succeeded', 'failed')),
  certainty text not null check (certainty in ('final', 'provisional', 'unknown')),
  rail_code text not null default '',
  reason text not null default '',
  rail_transaction_id text not null default '',
  details jsonb not null default '{}',
  uncertain_count integer not null default 0,
  not_found_count integer not null default 0,
  enquiry_count integer not null default 0,
  next_enquiry_at timestamptz,
  enquiry_lease_until timestamptz,
  browser_returned_at timestamptz,
  created_at timestamptz not null,
  concluded_at timestamptz,
  unique (payment_id, number),
  check ((status in ('succeeded', 'failed')) = (concluded_at is not null))
);
create index attempts_to_enquire on attempts (next_enquiry_at) where next_enquiry_at is not null;
alter table payments add foreign key (paid_attempt_id) references attempts deferrable initially deferred;

-- The signed messages that caused each change, as they arrived.
create table bank_messages (
  id text primary key,
  attempt_id text not null references attempts,
  route text not null check (route in ('direct', 'indirect', 'enquiry')),
  code text not null,
  body text not null,
  digest bytea not null,
  certificate text not null,
  effect text not null,
  received_at timestamptz not null,
  unique (attempt_id, route, digest)
);

create table ledger_transactions (
  id text primary key,
  merchant_id text not null references merchants,
  payment_id text not null references payments,
  attempt_id text not null references attempts,
  kind text not null check (kind in ('payment', 'duplicate')),
  created_at timestamptz not null,
  unique (attempt_id, kind)
);
create index ledger_transactions_of_payment on ledger_transactions (payment_id);
-- Debits are positive, credits negative; the lines of one transaction add up to nothing.
create table ledger_postings (
  transaction_id text not null references ledger_transactions,
  line smallint not null check (line >= 1),
  account text not null check (account ~ '^[a-z]+:[A-Za-z0-9_]+$'),
  currency text not null check (currency = 'MYR'),
  amount_sen bigint not null check (amount_sen <> 0 and amount_sen between -1000000000 and 1000000000),
  primary key (transaction_id, line)
);
create index ledger_postings_of_account on ledger_postings (account);

create table events (
  id text primary key,
  merchant_id text not null references merchants,
  collection_id text not null references collections,
  payment_id text not null references payments,
  sequence integer not null check (sequence >= 1),
  type text not null,
  data jsonb not null,
  created_at timestamptz not null,
  unique (payment_id, sequence)
);
create unique index events_paid_once on events (payment_id) where type = 'payment.paid';

create table deliveries (
  id text primary key,
  merchant_id text not null references merchants,
  payment_id text not null references payments,
  event_id text not null references events,
  format text not null check (format in ('v2', 'wire')),
  url text not null,
  payload jsonb not null,
  status text not null check (status in ('pending', 'delivered', 'failed')),
  attempt_count integer not null default 0,
  next_attempt_at timestamptz,
  lease_until timestamptz,
  last_status integer,
  last_error text,
  created_at timestamptz not null,
  delivered_at timestamptz,
  unique (event_id, url),
  check ((status = 'pending') = (next_attempt_at is not null))
);
create index deliveries_due on deliveries (next_attempt_at) where status = 'pending';
create index deliveries_of_payment on deliveries (payment_id);

-- What only a person can decide. Closed with a name and a note, never removed.
create table cases (
  id text primary key,
  merchant_id text not null references merchants,
  payment_id text not null references payments,
  attempt_id text references attempts,
  kind text not null,
  detail jsonb not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  closed_by text,
  note text,
  check ((closed_at is null) = (closed_by is null))
);
create unique index cases_one_open on cases (attempt_id, kind) where closed_at is null;
create index cases_open on cases (opened_at) where closed_at is null;
create index cases_of_payment on cases (payment_id);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end $$;

create trigger ledger_transactions_append_only before update or delete on ledger_transactions for each row execute function refuse_change();
create trigger ledger_postings_append_only before update or delete on ledger_postings for each row execute function refuse_change();
create trigger events_append_only before update or delete on events for each row execute function refuse_change();
create trigger bank_messages_append_only before update or delete on bank_messages for each row execute function refuse_change();
create trigger ledger_transactions_no_truncate before truncate on ledger_transactions execute function refuse_change();
create trigger ledger_postings_no_truncate before truncate on ledger_postings execute function refuse_change();
create trigger events_no_truncate before truncate on events execute function refuse_change();
create trigger bank_messages_no_truncate before truncate on bank_messages execute function refuse_change();

-- Checked when the transaction commits, when all its lines are there.
create function ledger_must_balance() returns trigger language plpgsql as $$
declare
  wanted text := case tg_table_name when 'ledger_transactions' then to_jsonb(new) ->> 'id' else to_jsonb(new) ->> 'transaction_id' end;
  lines bigint;
  total numeric;
begin
  select count(*), coalesce(sum(amount_sen), 0) into lines, total from ledger_postings where transaction_id = wanted;
  if lines < 2 or total <> 0 then
    raise exception 'ledger transaction % does not balance: % lines, sum %', wanted, lines, total using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger ledger_transactions_balance after insert on ledger_transactions deferrable initially deferred for each row execute function ledger_must_balance();
create constraint trigger ledger_postings_balance after insert on ledger_postings deferrable initially deferred for each row execute function ledger_must_balance();

-- Money that was taken stays taken: nothing automatic leads out of paid, and a concluded amount never changes.
create function payments_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'payments are never deleted' using errcode = 'restrict_violation';
  end if;
  if old.status = 'paid' and (new.status <> 'paid' or new.paid_attempt_id <> old.paid_attempt_id) then
    raise exception 'payment % is paid and stays paid', old.id using errcode = 'restrict_violation';
  end if;
  if new.amount_sen <> old.amount_sen or new.merchant_id <> old.merchant_id or new.collection_id <> old.collection_id or new.invoice <> old.invoice then
    raise exception 'payment % keeps its amount, owner and invoice', old.id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger payments_guard before update or delete on payments for each row execute function payments_guard();
