-- What the migrations add up to, as the catalogue of PostgreSQL tells it. Made by `npm run schema`; not to be run.
-- A change here is a change of the schema: read it as one.

access_version
  table
  -- columns
  only_row boolean not null default true
  value bigint not null
  -- constraints
  access_version_pkey PRIMARY KEY (only_row)
  access_version_only_row_check CHECK (only_row)

api_keys
  table
  -- columns
  id text not null
  merchant_id text not null
  collection_id text not null
  kind text not null
  hash bytea not null
  hint text not null
  scopes text[] not null
  callback_key_sealed bytea
  created_at timestamp with time zone not null
  expires_at timestamp with time zone
  revoked_at timestamp with time zone
  name text not null default ''::text
  ip_allow_list text[] not null default '{}'::text[]
  imported boolean not null default false
  rolled_from text
  last_used_at timestamp with time zone
  last_used_address text
  -- constraints
  api_keys_pkey PRIMARY KEY (id)
  api_keys_check CHECK (((kind <> 'merchant_key'::text) OR (callback_key_sealed IS NOT NULL)))
  api_keys_check1 CHECK (((kind <> 'merchant_key'::text) OR (NOT ('manage'::text = ANY (scopes)))))
  api_keys_check2 CHECK (((NOT imported) OR (kind = 'merchant_key'::text)))
  api_keys_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES collections(id)
  api_keys_hash_check CHECK ((length(hash) = 32))
  api_keys_hash_key UNIQUE (hash)
  api_keys_ip_allow_list_check CHECK ((cardinality(ip_allow_list) <= 100))
  api_keys_kind_check CHECK ((kind = ANY (ARRAY['api_key'::text, 'merchant_key'::text])))
  api_keys_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
  api_keys_name_check CHECK ((length(name) <= 120))
  api_keys_rolled_from_fkey FOREIGN KEY (rolled_from) REFERENCES api_keys(id)
  api_keys_scopes_check CHECK ((scopes <@ ARRAY['payments:read'::text, 'payments:write'::text, 'manage'::text]))
  -- indexes
  CREATE INDEX api_keys_of_collection ON public.api_keys USING btree (collection_id)
  CREATE INDEX api_keys_of_merchant ON public.api_keys USING btree (merchant_id, id)
  -- triggers
  CREATE TRIGGER api_keys_access_changed AFTER INSERT OR DELETE OR UPDATE OF merchant_id, collection_id, kind, name, hash, scopes, expires_at, revoked_at, ip_allow_list ON public.api_keys FOR EACH STATEMENT EXECUTE FUNCTION raise_access_version()

attempts
  table
  -- columns
  id text not null
  merchant_id text not null
  payment_id text not null
  number integer not null
  rail text not null
  model text not null
  bank_id text not null
  bank_name text not null
  order_number text not null
  sent jsonb not null
  facts jsonb not null
  locale text not null
  status text not null
  certainty text not null
  rail_code text not null default ''::text
  reason text not null default ''::text
  rail_transaction_id text not null default ''::text
  details jsonb not null default '{}'::jsonb
  uncertain_count integer not null default 0
  not_found_count integer not null default 0
  enquiry_count integer not null default 0
  next_enquiry_at timestamp with time zone
  enquiry_lease_until timestamp with time zone
  browser_returned_at timestamp with time zone
  created_at timestamp with time zone not null
  concluded_at timestamp with time zone
  -- constraints
  attempts_pkey PRIMARY KEY (id)
  attempts_certainty_check CHECK ((certainty = ANY (ARRAY['final'::text, 'provisional'::text, 'unknown'::text])))
  attempts_check CHECK (((status = ANY (ARRAY['succeeded'::text, 'failed'::text])) = (concluded_at IS NOT NULL)))
  attempts_locale_check CHECK ((locale = ANY (ARRAY['en'::text, 'ms'::text])))
  attempts_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
  attempts_model_check CHECK ((model = ANY (ARRAY['b2c'::text, 'b2b1'::text])))
  attempts_number_check CHECK ((number >= 1))
  attempts_order_number_key UNIQUE (order_number)
  attempts_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payments(id)
  attempts_payment_id_number_key UNIQUE (payment_id, number)
  attempts_status_check CHECK ((status = ANY (ARRAY['in_flight'::text, 'awaiting_approval'::text, 'succeeded'::text, 'failed'::text])))
  -- indexes
  CREATE INDEX attempts_to_enquire ON public.attempts USING btree (next_enquiry_at) WHERE (next_enquiry_at IS NOT NULL)

audit_log
  table
  -- columns
  id text not null
  merchant_id text not null
  at timestamp with time zone not null
  actor_kind text not null
  actor text not null
  address text
  action text not null
  object_id text not null
  changes jsonb not null
  -- constraints
  audit_log_pkey PRIMARY KEY (id)
  audit_log_actor_check CHECK (((length(actor) >= 1) AND (length(actor) <= 120)))
  audit_log_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['key'::text, 'operator'::text, 'gateway'::text])))
  audit_log_check CHECK (((actor_kind = 'key'::text) = (address IS NOT NULL)))
  audit_log_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
  -- indexes
  CREATE INDEX audit_log_of_merchant ON public.audit_log USING btree (merchant_id, id)
  CREATE INDEX audit_log_of_object ON public.audit_log USING btree (object_id, id)
  -- triggers
  CREATE TRIGGER audit_log_append_only BEFORE DELETE OR UPDATE ON public.audit_log FOR EACH ROW EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

bank_messages
  table
  -- columns
  id text not null
  attempt_id text not null
  route text not null
  code text not null
  body text not null
  digest bytea not null
  certificate text not null
  effect text not null
  received_at timestamp with time zone not null
  -- constraints
  bank_messages_pkey PRIMARY KEY (id)
  bank_messages_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES attempts(id)
  bank_messages_attempt_id_route_digest_key UNIQUE (attempt_id, route, digest)
  bank_messages_route_check CHECK ((route = ANY (ARRAY['direct'::text, 'indirect'::text, 'enquiry'::text])))
  -- triggers
  CREATE TRIGGER bank_messages_append_only BEFORE DELETE OR UPDATE ON public.bank_messages FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasure()
  CREATE TRIGGER bank_messages_no_truncate BEFORE TRUNCATE ON public.bank_messages FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

bank_status_changes
  table
  -- columns
  id text not null
  rail text not null
  model text not null
  bank_id text not null
  online boolean not null
  since timestamp with time zone not null
  previous_since timestamp with time zone
  -- constraints
  bank_status_changes_pkey PRIMARY KEY (id)
  bank_status_changes_bank_id_check CHECK (((length(bank_id) >= 1) AND (length(bank_id) <= 20)))
  bank_status_changes_check CHECK ((previous_since < since))
  bank_status_changes_model_check CHECK ((model = ANY (ARRAY['b2c'::text, 'b2b1'::text])))
  bank_status_changes_rail_model_bank_id_since_key UNIQUE (rail, model, bank_id, since)
  -- indexes
  CREATE INDEX bank_status_changes_of_bank ON public.bank_status_changes USING btree (bank_id, id)
  -- triggers
  CREATE TRIGGER bank_status_changes_append_only BEFORE DELETE OR UPDATE ON public.bank_status_changes FOR EACH ROW EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER bank_status_changes_no_truncate BEFORE TRUNCATE ON public.bank_status_changes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

cases
  table
  -- columns
  id text not null
  merchant_id text not null
  payment_id text not null
  attempt_id text
  kind text not null
  detail jsonb not null
  opened_at timestamp with time zone not null
  closed_at timestamp with time zone
  closed_by text
  note text
  -- constraints
  cases_pkey PRIMARY KEY (id)
  cases_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES attempts(id)
  cases_check CHECK (((closed_at IS NULL) = (closed_by IS NULL)))
  cases_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
  cases_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payments(id)
  -- indexes
  CREATE INDEX cases_of_payment ON public.cases USING btree (payment_id)
  CREATE UNIQUE INDEX cases_one_open ON public.cases USING btree (attempt_id, kind) WHERE (closed_at IS NULL)
  CREATE INDEX cases_open ON public.cases USING btree (opened_at) WHERE (closed_at IS NULL)

collections
  table
  -- columns
  id text not null
  merchant_id text not null
  name text not null
  website text not null
  api_enabled boolean not null default true
  signing_secret_sealed bytea not null
  created_at timestamp with time zone not null
  ip_allow_list text[] not null default '{}'::text[]
  -- constraints
  collections_pkey PRIMARY KEY (id)
  collections_ip_allow_list_check CHECK ((cardinality(ip_allow_list) <= 100))
  collections_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
  collections_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120)))
  -- indexes
  CREATE INDEX collections_of_merchant ON public.collections USING btree (merchant_id)
  -- triggers
  CREATE TRIGGER collections_access_changed AFTER DELETE OR UPDATE OF merchant_id, name, api_enabled, ip_allow_list ON public.collections FOR EACH STATEMENT EXECUTE FUNCTION raise_access_version()

deliveries
  partitioned table by RANGE (id)
  -- columns
  id text not null
  merchant_id text not null
  payment_id text
  event_id text not null
  format text not null
  url text
  payload jsonb
  status text not null
  attempt_count integer not null default 0
  next_attempt_at timestamp with time zone
  lease_until timestamp with time zone
  last_status integer
  last_error text
  created_at timestamp with time zone not null
  delivered_at timestamp with time zone
  endpoint_id text
  collection_id text
  lane text not null
  round_count integer not null default 0
  last_outcome text
  last_attempt_at timestamp with time zone
  -- constraints
  deliveries_pkey PRIMARY KEY (merchant_id, id)
  deliveries_check CHECK (((status = 'pending'::text) = (next_attempt_at IS NOT NULL)))
  deliveries_check1 CHECK (((round_count >= 0) AND (round_count <= attempt_count)))
  deliveries_check2 CHECK (((endpoint_id IS NULL) = (url IS NOT NULL)))
  deliveries_check3 CHECK (((endpoint_id IS NULL) OR (format = 'v2'::text)))
  deliveries_check4 CHECK (((format = 'wire'::text) = (payload IS NOT NULL)))
  deliveries_check5 CHECK (((lease_until IS NULL) OR (status = 'pending'::text)))
  deliveries_check6 CHECK ((substr(id, 5, 10) = substr(event_id, 5, 10)))
  deliveries_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES collections(id)
  deliveries_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints(id)
  deliveries_format_check CHECK ((format = ANY (ARRAY['v2'::text, 'wire'::text])))
  deliveries_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
  deliveries_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payments(id)
  deliveries_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text])))
  -- indexes
  CREATE INDEX deliveries_due ON ONLY public.deliveries USING btree (lane, next_attempt_at, id) WHERE (status = 'pending'::text)
  CREATE INDEX deliveries_failed ON ONLY public.deliveries USING btree (merchant_id, id) WHERE (status = 'failed'::text)
  CREATE INDEX deliveries_leased ON ONLY public.deliveries USING btree (lane) WHERE (lease_until IS NOT NULL)
  CREATE INDEX deliveries_of_endpoint ON ONLY public.deliveries USING btree (merchant_id, endpoint_id, id) WHERE (endpoint_id IS NOT NULL)
  CREATE INDEX deliveries_of_payment ON ONLY public.deliveries USING btree (payment_id)
  CREATE INDEX deliveries_pending ON ONLY public.deliveries USING btree (id) WHERE (status = 'pending'::text)
  -- triggers
  CREATE TRIGGER deliveries_refer AFTER INSERT ON public.deliveries FOR EACH ROW EXECUTE FUNCTION deliveries_refer()

delivery_attempts
  partitioned table by RANGE (id)
  -- columns
  id text not null
  merchant_id text not null
  delivery_id text not null
  number integer not null
  url text not null
  outcome text not null
  status smallint
  message text not null
  answer text not null
  answer_truncated boolean not null
  retry_after_s integer
  started_at timestamp with time zone not null
  duration_ms integer not null
  -- constraints
  delivery_attempts_pkey PRIMARY KEY (merchant_id, id)
  delivery_attempts_answer_check CHECK ((length(answer) <= 6144))
  delivery_attempts_duration_ms_check CHECK ((duration_ms >= 0))
  delivery_attempts_number_check CHECK ((number >= 1))
  delivery_attempts_outcome_check CHECK ((outcome = ANY (ARRAY['delivered'::text, 'rejected'::text, 'redirected'::text, 'gone'::text, 'timed_out'::text, 'unreachable'::text, 'blocked'::text, 'not_sent'::text])))
  -- indexes
  CREATE INDEX delivery_attempts_of_delivery ON ONLY public.delivery_attempts USING btree (merchant_id, delivery_id, id)
  -- triggers
  CREATE TRIGGER delivery_attempts_no_truncate BEFORE TRUNCATE ON public.delivery_attempts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER delivery_attempts_refer AFTER INSERT ON public.delivery_attempts FOR EACH ROW EXECUTE FUNCTION delivery_attempts_refer()
  CREATE TRIGGER delivery_attempts_unchanged BEFORE UPDATE ON public.delivery_attempts FOR EACH ROW EXECUTE FUNCTION refuse_change()

dropped_partitions
  table
  -- columns
  name text not null
  table_name text not null
  from_id text not null
  to_id text not null
  row_count bigint not null
  of_payments bigint
  dropped_at timestamp with time zone not null
  -- constraints
  dropped_partitions_pkey PRIMARY KEY (name, dropped_at)
  dropped_partitions_check CHECK (((of_payments >= 0) AND (of_payments <= row_count)))
  dropped_partitions_row_count_check CHECK ((row_count >= 0))
  -- triggers
  CREATE TRIGGER dropped_partitions_append_only BEFORE DELETE OR UPDATE ON public.dropped_partitions FOR EACH ROW EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER dropped_partitions_no_truncate BEFORE TRUNCATE ON public.dropped_partitions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

events
  partitioned table by RANGE (id)
  -- columns
  id text not null
  merchant_id text
  collection_id text
  payment_id text
  sequence integer
  type text not null
  data json not null
  created_at timestamp with time zone not null
  attempt_id text
  -- constraints
  events_pkey PRIMARY KEY (id)
  events_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES attempts(id)
  events_check CHECK (((merchant_id IS NULL) = (type ~~ 'bank.%'::text)))
  events_check1 CHECK (((payment_id IS NOT NULL) = (type ~~ 'payment.%'::text)))
  events_check2 CHECK (((payment_id IS NULL) = (sequence IS NULL)))
  events_check3 CHECK (((payment_id IS NULL) OR (collection_id IS NOT NULL)))
  events_check4 CHECK (((attempt_id IS NULL) OR (payment_id IS NOT NULL)))
  events_check5 CHECK (((merchant_id IS NOT NULL) OR (collection_id IS NULL)))
  events_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES collections(id)
  events_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
  events_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payments(id)
  events_sequence_check CHECK ((sequence >= 1))
  -- indexes
  CREATE INDEX events_of_merchant ON ONLY public.events USING btree (merchant_id, id)
  -- triggers
  CREATE TRIGGER events_apart AFTER INSERT ON public.events FOR EACH ROW WHEN (((new.sequence > 1) OR (substr(new.id, 5, 10) <> substr(new.payment_id, 5, 10)))) EXECUTE FUNCTION events_apart()
  CREATE TRIGGER events_append_only BEFORE DELETE OR UPDATE ON public.events FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasure()
  CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON public.events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

exchanges
  table
  -- columns
  rail text not null
  background_until timestamp with time zone not null
  callers_until timestamp with time zone not null
  faults integer not null default 0
  last_fault text not null default ''::text
  opened_at timestamp with time zone
  probe_at timestamp with time zone
  -- constraints
  exchanges_pkey PRIMARY KEY (rail)
  exchanges_check CHECK (((opened_at IS NULL) = (probe_at IS NULL)))
  exchanges_check1 CHECK (((opened_at IS NULL) OR (faults > 0)))
  exchanges_faults_check CHECK ((faults >= 0))

fault_rules
  table
  -- columns
  id text not null
  merchant_id text not null
  collection_id text not null
  key_id text
  method text
  route text
  code text
  delay_ms integer not null
  after_commit boolean not null
  drop_connection boolean not null
  half_answer boolean not null
  share double precision not null
  seed integer not null
  most_hits integer
  seen integer not null default 0
  hits integer not null default 0
  created_at timestamp with time zone not null
  -- constraints
  fault_rules_pkey PRIMARY KEY (id)
  fault_rules_check CHECK (((code IS NOT NULL) OR (delay_ms > 0) OR drop_connection OR half_answer))
  fault_rules_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES collections(id)
  fault_rules_delay_ms_check CHECK (((delay_ms >= 0) AND (delay_ms <= 60000)))
  fault_rules_key_id_fkey FOREIGN KEY (key_id) REFERENCES api_keys(id)
  fault_rules_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
  fault_rules_most_hits_check CHECK ((most_hits > 0))
  fault_rules_share_check CHECK (((share > (0)::double precision) AND (share <= (1)::double precision)))
  -- indexes
  CREATE INDEX fault_rules_of_collection ON public.fault_rules USING btree (collection_id, id)

gateway_identity
  table
  -- columns
  only_row boolean not null default true
  mode text not null
  created_at timestamp with time zone not null default now()
  -- constraints
  gateway_identity_pkey PRIMARY KEY (only_row)
  gateway_identity_mode_check CHECK ((mode = ANY (ARRAY['sandbox'::text, 'live'::text])))
  gateway_identity_only_row_check CHECK (only_row)

idempotency_records
  table
  -- columns
  merchant_id text not null
  collection_id text not null
  idempotency_key text not null
  route text not null
  fingerprint bytea not null
  request_id text not null
  created_at timestamp with time zone not null
  status smallint
  media_type text
  body text
  body_sealed bytea
  lease_until timestamp with time zone
  -- constraints
  idempotency_records_pkey PRIMARY KEY (merchant_id, collection_id, idempotency_key)
  idempotency_records_check CHECK (((status IS NULL) = (lease_until IS NOT NULL)))
  idempotency_records_check1 CHECK (((status IS NULL) = (media_type IS NULL)))
  idempotency_records_check2 CHECK ((num_nonnulls(body, body_sealed) = ((status IS NOT NULL))::integer))
  idempotency_records_fingerprint_check CHECK ((length(fingerprint) = 64))
  idempotency_records_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 255)))
  idempotency_records_status_check CHECK ((status = ANY (ARRAY[200, 403, 404])))
  -- indexes
  CREATE INDEX idempotency_records_by_age ON public.idempotency_records USING btree (created_at)
  CREATE INDEX idempotency_records_of_delivery ON public.idempotency_records USING btree (substr(body, 8, 30)) WHERE ("left"(body, 11) = '{"id":"dlv_'::text)
  CREATE INDEX idempotency_records_of_payment ON public.idempotency_records USING btree (substr(body, 8, 30)) WHERE ("left"(body, 11) = '{"id":"pay_'::text)

ledger_postings
  table
  -- columns
  transaction_id text not null
  line smallint not null
  account text not null
  currency text not null
  amount_sen bigint not null
  -- constraints
  ledger_postings_pkey PRIMARY KEY (transaction_id, line)
  ledger_postings_account_check CHECK ((account ~ '^[a-z]+:[A-Za-z0-9_]+$'::text))
  ledger_postings_amount_sen_check CHECK (((amount_sen <> 0) AND ((amount_sen >= '-1000000000'::integer) AND (amount_sen <= 1000000000))))
  ledger_postings_currency_check CHECK ((currency = 'MYR'::text))
  ledger_postings_line_check CHECK ((line >= 1))
  ledger_postings_transaction_id_fkey FOREIGN KEY (transaction_id) REFERENCES ledger_transactions(id)
  -- indexes
  CREATE INDEX ledger_postings_of_account ON public.ledger_postings USING btree (account)
  -- triggers
  CREATE TRIGGER ledger_postings_append_only BEFORE DELETE OR UPDATE ON public.ledger_postings FOR EACH ROW EXECUTE FUNCTION refuse_change()
  CREATE CONSTRAINT TRIGGER ledger_postings_balance AFTER INSERT ON public.ledger_postings DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_must_balance()
  CREATE TRIGGER ledger_postings_no_truncate BEFORE TRUNCATE ON public.ledger_postings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

ledger_seals
  table
  -- columns
  merchant_id text not null
  number bigint not null
  transaction_id text not null
  previous_hash bytea not null
  hash bytea not null
  sealed_at timestamp with time zone not null
  -- constraints
  ledger_seals_pkey PRIMARY KEY (merchant_id, number)
  ledger_seals_hash_check CHECK ((length(hash) = 32))
  ledger_seals_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
  ledger_seals_number_check CHECK ((number >= 1))
  ledger_seals_previous_hash_check CHECK ((length(previous_hash) = 32))
  ledger_seals_transaction_id_fkey FOREIGN KEY (transaction_id) REFERENCES ledger_transactions(id)
  ledger_seals_transaction_id_key UNIQUE (transaction_id)
  -- triggers
  CREATE TRIGGER ledger_seals_append_only BEFORE DELETE OR UPDATE ON public.ledger_seals FOR EACH ROW EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER ledger_seals_no_truncate BEFORE TRUNCATE ON public.ledger_seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

ledger_transactions
  table
  -- columns
  id text not null
  merchant_id text not null
  payment_id text not null
  attempt_id text not null
  kind text not null
  created_at timestamp with time zone not null
  -- constraints
  ledger_transactions_pkey PRIMARY KEY (id)
  ledger_transactions_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES attempts(id)
  ledger_transactions_attempt_id_kind_key UNIQUE (attempt_id, kind)
  ledger_transactions_check CHECK ((concat(id, merchant_id, payment_id, attempt_id) ~ '^[A-Za-z0-9_]+$'::text))
  ledger_transactions_kind_check CHECK ((kind = ANY (ARRAY['payment'::text, 'duplicate'::text])))
  ledger_transactions_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
  ledger_transactions_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payments(id)
  -- indexes
  CREATE INDEX ledger_transactions_of_payment ON public.ledger_transactions USING btree (payment_id)
  -- triggers
  CREATE TRIGGER ledger_transactions_append_only BEFORE DELETE OR UPDATE ON public.ledger_transactions FOR EACH ROW EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER ledger_transactions_await_seal AFTER INSERT ON public.ledger_transactions FOR EACH ROW EXECUTE FUNCTION ledger_await_seal()
  CREATE CONSTRAINT TRIGGER ledger_transactions_balance AFTER INSERT ON public.ledger_transactions DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_must_balance()
  CREATE TRIGGER ledger_transactions_no_truncate BEFORE TRUNCATE ON public.ledger_transactions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

ledger_unsealed
  table
  -- columns
  transaction_id text not null
  -- constraints
  ledger_unsealed_pkey PRIMARY KEY (transaction_id)
  ledger_unsealed_transaction_id_fkey FOREIGN KEY (transaction_id) REFERENCES ledger_transactions(id)

merchants
  table
  -- columns
  id text not null
  name text not null
  created_at timestamp with time zone not null
  -- constraints
  merchants_pkey PRIMARY KEY (id)
  merchants_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120)))
  -- triggers
  CREATE TRIGGER merchants_access_changed AFTER DELETE OR UPDATE OF name ON public.merchants FOR EACH STATEMENT EXECUTE FUNCTION raise_access_version()

partition_rules
  table
  -- columns
  table_name text not null
  id_prefix text not null
  unit text not null
  ahead integer not null
  keep_days integer not null
  -- constraints
  partition_rules_pkey PRIMARY KEY (table_name)
  partition_rules_ahead_check CHECK (((ahead >= 1) AND (ahead <= 100)))
  partition_rules_keep_days_check CHECK (((keep_days >= 0) AND (keep_days <= 36500)))
  partition_rules_unit_check CHECK ((unit = ANY (ARRAY['day'::text, 'week'::text, 'month'::text])))

payments
  table
  -- columns
  id text not null
  merchant_id text not null
  collection_id text not null
  checkout_id text not null
  protocol text not null
  api_key_id text not null
  merchant_name text not null
  invoice text not null
  amount_sen bigint not null
  currency text not null
  description text not null
  model text
  bank_id text
  buyer jsonb not null
  success_url text not null
  failure_url text not null
  callback_url text
  locale text not null
  metadata jsonb not null
  status text not null
  certainty text not null
  claims_invoice boolean not null
  flags text[] not null default '{}'::text[]
  attempt_count integer not null default 0
  event_count integer not null default 0
  paid_attempt_id text
  created_at timestamp with time zone not null
  updated_at timestamp with time zone not null
  expires_at timestamp with time zone not null
  paid_at timestamp with time zone
  closed_at timestamp with time zone
  buyer_erased_at timestamp with time zone
  -- constraints
  payments_pkey PRIMARY KEY (id)
  payments_amount_sen_check CHECK (((amount_sen >= 1) AND (amount_sen <= 1000000000)))
  payments_api_key_id_fkey FOREIGN KEY (api_key_id) REFERENCES api_keys(id)
  payments_certainty_check CHECK ((certainty = ANY (ARRAY['final'::text, 'provisional'::text, 'unknown'::text])))
  payments_check CHECK (((status = 'paid'::text) = (paid_at IS NOT NULL)))
  payments_check1 CHECK (((status = 'paid'::text) = (paid_attempt_id IS NOT NULL)))
  payments_check2 CHECK (((NOT claims_invoice) OR (status <> ALL (ARRAY['expired'::text, 'cancelled'::text]))))
  payments_check3 CHECK ((claims_invoice OR (status = ANY (ARRAY['expired'::text, 'cancelled'::text, 'paid'::text]))))
  payments_check4 CHECK (((status <> ALL (ARRAY['paid'::text, 'expired'::text, 'cancelled'::text, 'open'::text])) OR (certainty = 'final'::text)))
  payments_checkout_id_key UNIQUE (checkout_id)
  payments_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES collections(id)
  payments_currency_check CHECK ((currency = 'MYR'::text))
  payments_invoice_check CHECK (((length(invoice) >= 1) AND (length(invoice) <= 64)))
  payments_locale_check CHECK ((locale = ANY (ARRAY['en'::text, 'ms'::text])))
  payments_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
  payments_model_check CHECK ((model = ANY (ARRAY['b2c'::text, 'b2b1'::text])))
  payments_paid_attempt_id_fkey FOREIGN KEY (paid_attempt_id) REFERENCES attempts(id) DEFERRABLE INITIALLY DEFERRED
  payments_protocol_check CHECK ((protocol = ANY (ARRAY['v2'::text, 'wire'::text])))
  payments_status_check CHECK ((status = ANY (ARRAY['open'::text, 'processing'::text, 'awaiting_approval'::text, 'paid'::text, 'expired'::text, 'cancelled'::text])))
  -- indexes
  CREATE INDEX payments_by_invoice ON public.payments USING btree (collection_id, invoice, id)
  CREATE INDEX payments_by_status ON public.payments USING btree (collection_id, status, id)
  CREATE INDEX payments_of_collection ON public.payments USING btree (collection_id, id)
  CREATE UNIQUE INDEX payments_one_live_per_invoice ON public.payments USING btree (collection_id, invoice) WHERE claims_invoice
  CREATE INDEX payments_to_expire ON public.payments USING btree (expires_at) WHERE (status = 'open'::text)
  -- triggers
  CREATE TRIGGER payments_guard BEFORE DELETE OR UPDATE ON public.payments FOR EACH ROW EXECUTE FUNCTION payments_guard()

request_log
  partitioned table by RANGE (id)
  -- columns
  id text not null
  merchant_id text not null
  collection_id text
  key_id text
  key_hint text not null
  address text not null
  protocol text not null
  method text not null
  route text not null
  path text not null
  query jsonb not null
  status smallint not null
  code text not null
  duration_ms real not null
  request_body jsonb
  answer_body jsonb
  created_at timestamp with time zone not null
  -- constraints
  request_log_pkey PRIMARY KEY (merchant_id, id)
  request_log_protocol_check CHECK ((protocol = ANY (ARRAY['v2'::text, 'wire'::text])))
  -- indexes
  CREATE INDEX request_log_failures ON ONLY public.request_log USING btree (merchant_id, id) WHERE (status <> 200)

request_log_of_strangers
  partitioned table by RANGE (id)
  -- columns
  id text not null
  merchant_id text
  collection_id text
  key_id text
  key_hint text not null
  address text not null
  protocol text not null
  method text not null
  route text not null
  path text not null
  query jsonb not null
  status smallint not null
  code text not null
  duration_ms real not null
  request_body jsonb
  answer_body jsonb
  created_at timestamp with time zone not null
  -- constraints
  request_log_of_strangers_pkey PRIMARY KEY (id)
  request_log_of_strangers_check CHECK ((num_nonnulls(merchant_id, collection_id, key_id) = 0))
  request_log_protocol_check CHECK ((protocol = ANY (ARRAY['v2'::text, 'wire'::text])))

retention
  table
  -- columns
  only_row boolean not null default true
  buyer_data_days integer not null
  -- constraints
  retention_pkey PRIMARY KEY (only_row)
  retention_buyer_data_days_check CHECK (((buyer_data_days >= 1) AND (buyer_data_days <= 36500)))
  retention_only_row_check CHECK (only_row)

verifications
  table
  -- columns
  id text not null
  started_at timestamp with time zone not null
  duration_ms integer not null
  fault_count integer not null
  faults jsonb not null
  counts jsonb not null
  -- constraints
  verifications_pkey PRIMARY KEY (id)
  verifications_duration_ms_check CHECK ((duration_ms >= 0))
  verifications_fault_count_check CHECK ((fault_count >= 0))
  -- triggers
  CREATE TRIGGER verifications_append_only BEFORE DELETE OR UPDATE ON public.verifications FOR EACH ROW EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER verifications_no_truncate BEFORE TRUNCATE ON public.verifications FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

verified_heads
  table
  -- columns
  merchant_id text not null
  number bigint not null
  hash bytea not null
  verification_id text not null
  -- constraints
  verified_heads_pkey PRIMARY KEY (merchant_id, number)
  verified_heads_hash_check CHECK ((length(hash) = 32))
  verified_heads_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
  verified_heads_verification_id_fkey FOREIGN KEY (verification_id) REFERENCES verifications(id)
  -- triggers
  CREATE TRIGGER verified_heads_append_only BEFORE DELETE OR UPDATE ON public.verified_heads FOR EACH ROW EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER verified_heads_no_truncate BEFORE TRUNCATE ON public.verified_heads FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

webhook_endpoints
  table
  -- columns
  id text not null
  merchant_id text not null
  collection_id text
  url text not null
  description text not null
  event_types text[] not null
  status text not null
  disabled_reason text
  disabled_at timestamp with time zone
  failing_since timestamp with time zone
  last_test_at timestamp with time zone
  created_at timestamp with time zone not null
  updated_at timestamp with time zone not null
  deleted_at timestamp with time zone
  -- constraints
  webhook_endpoints_pkey PRIMARY KEY (id)
  webhook_endpoints_check CHECK (((status = 'disabled'::text) = (disabled_reason IS NOT NULL)))
  webhook_endpoints_check1 CHECK (((disabled_reason IS NULL) = (disabled_at IS NULL)))
  webhook_endpoints_check2 CHECK (((status = 'deleted'::text) = (deleted_at IS NOT NULL)))
  webhook_endpoints_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES collections(id)
  webhook_endpoints_description_check CHECK ((length(description) <= 500))
  webhook_endpoints_disabled_reason_check CHECK ((disabled_reason = ANY (ARRAY['requested'::text, 'gone'::text, 'failing'::text])))
  webhook_endpoints_event_types_check CHECK (((cardinality(event_types) >= 1) AND (cardinality(event_types) <= 100)))
  webhook_endpoints_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
  webhook_endpoints_status_check CHECK ((status = ANY (ARRAY['enabled'::text, 'disabled'::text, 'deleted'::text])))
  webhook_endpoints_url_check CHECK ((length(url) <= 2000))
  -- indexes
  CREATE INDEX webhook_endpoints_of_merchant ON public.webhook_endpoints USING btree (merchant_id, id) WHERE (status <> 'deleted'::text)
  -- triggers
  CREATE TRIGGER webhook_endpoints_no_truncate BEFORE TRUNCATE ON public.webhook_endpoints FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
  CREATE TRIGGER webhook_endpoints_stay BEFORE DELETE ON public.webhook_endpoints FOR EACH ROW EXECUTE FUNCTION refuse_change()

webhook_secrets
  table
  -- columns
  endpoint_id text not null
  number integer not null
  sealed bytea not null
  created_at timestamp with time zone not null
  valid_until timestamp with time zone
  -- constraints
  webhook_secrets_pkey PRIMARY KEY (endpoint_id, number)
  webhook_secrets_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints(id)
  webhook_secrets_number_check CHECK ((number >= 1))
  -- indexes
  CREATE UNIQUE INDEX webhook_secrets_one_current ON public.webhook_secrets USING btree (endpoint_id) WHERE (valid_until IS NULL)

CREATE OR REPLACE FUNCTION public.bare_address(address text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$ select regexp_replace(address, '[?#].*$', '') $function$

CREATE OR REPLACE FUNCTION public.deliveries_refer()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
begin
  if not exists (select from events where id = new.event_id) then
    raise exception 'delivery % is of event %, which is not there', new.id, new.event_id using errcode = 'foreign_key_violation';
  end if;
  return null;
end $function$

CREATE OR REPLACE FUNCTION public.delivery_attempts_refer()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
begin
  if not exists (select from deliveries where merchant_id = new.merchant_id and id = new.delivery_id) then
    raise exception 'attempt % is at delivery %, which is not there', new.id, new.delivery_id using errcode = 'foreign_key_violation';
  end if;
  return null;
end $function$

CREATE OR REPLACE FUNCTION public.drop_next_partition()
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
 SET lock_timeout TO '50ms'
AS $function$
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
end $function$

CREATE OR REPLACE FUNCTION public.erase_buyer(payment text, audit_id text, actor_kind text, actor text)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
end $function$

CREATE OR REPLACE FUNCTION public.erase_due_buyers(audit_ids text[])
 RETURNS SETOF text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  due record;
begin
  for due in
    select p.id, row_number() over () as at from (
      select p.id from payments p, retention r
      where p.status in ('paid', 'expired', 'cancelled')
        and p.updated_at < clock_timestamp() - make_interval(days => r.buyer_data_days)
        -- Money that comes late brings the buyer's name with it once more.
        and (p.buyer_erased_at is null or p.buyer_erased_at < p.updated_at)
        and erasure_hindrance(p.id) is null
      order by p.id limit cardinality(audit_ids) for update of p skip locked) p
  loop
    perform erase_buyer(due.id, audit_ids[due.at], 'gateway', 'retention');
    return next due.id;
  end loop;
end $function$

CREATE OR REPLACE FUNCTION public.erased_members(data jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(data) where key in (
    'fpx_msgType', 'fpx_msgToken', 'fpx_sellerExId', 'fpx_sellerExOrderNo', 'fpx_sellerTxnTime', 'fpx_sellerOrderNo',
    'fpx_sellerId', 'fpx_sellerBankCode', 'fpx_txnCurrency', 'fpx_txnAmount', 'fpx_buyerBankId', 'fpx_version',
    'buyerBankId', 'fpxTime', 'debitAuthNo', 'creditAuthCode', 'creditAuthNo')
$function$

CREATE OR REPLACE FUNCTION public.erased_view(data json)
 RETURNS json
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$ select erased_view(data::jsonb)::json $function$

CREATE OR REPLACE FUNCTION public.erased_view(data jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  select data || coalesce((
    select jsonb_object_agg(key, case
      when key in ('buyer', 'metadata') then '{}'::jsonb
      when key = 'description' then '""'::jsonb
      when jsonb_typeof(value) = 'string' then to_jsonb(bare_address(value #>> '{}'))
      else value end)
    from jsonb_each(data)
    where key in ('buyer', 'metadata', 'description', 'success_url', 'failure_url', 'callback_url')), '{}')
$function$

CREATE OR REPLACE FUNCTION public.erasure_hindrance(payment text)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  select case
    when p.status in ('open', 'processing', 'awaiting_approval') then 'it is ' || p.status
    when exists (select from attempts a where a.payment_id = p.id and a.status in ('in_flight', 'awaiting_approval'))
      then 'an attempt is under way'
    when exists (select from attempts a where a.payment_id = p.id and a.next_enquiry_at is not null)
      then 'FPX is yet to be asked about an attempt once more'
    when exists (select from deliveries d where d.payment_id = p.id and d.status = 'pending') then 'a callback is yet to be delivered'
    end
  from payments p where p.id = payment
$function$

CREATE OR REPLACE FUNCTION public.events_apart()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
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
end $function$

CREATE OR REPLACE FUNCTION public.guard_partition(parent text, name text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
end $function$

CREATE OR REPLACE FUNCTION public.id_at(prefix text, at timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE STRICT
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  ms bigint := greatest(0, floor(extract(epoch from at) * 1000));
  id text := '';
begin
  for place in 1..10 loop
    id := substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', (ms & 31)::integer + 1, 1) || id;
    ms := ms >> 5;
  end loop;
  return prefix || '_' || id;
end $function$

CREATE OR REPLACE FUNCTION public.ledger_await_seal()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  insert into ledger_unsealed (transaction_id) values (new.id);
  return null;
end $function$

CREATE OR REPLACE FUNCTION public.ledger_must_balance()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
end $function$

CREATE OR REPLACE FUNCTION public.make_next_partition()
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
 SET lock_timeout TO '50ms'
AS $function$
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
end $function$

CREATE OR REPLACE FUNCTION public.make_partition(rule partition_rules, starts timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
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
end $function$

CREATE OR REPLACE FUNCTION public.partition_name(rule partition_rules, starts timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$ select rule.table_name || to_char(starts at time zone 'UTC', case rule.unit when 'month' then '_YYYY_MM' else '_YYYY_MM_DD' end) $function$

CREATE OR REPLACE FUNCTION public.partitions_of(parent text)
 RETURNS TABLE(name text, from_id text, to_id text)
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  select c.relname::text, substring(b.bound from 'FROM \(''([^'']+)''\)'), substring(b.bound from 'TO \(''([^'']+)''\)') collate "C"
  from pg_inherits i join pg_class c on c.oid = i.inhrelid cross join lateral pg_get_expr(c.relpartbound, c.oid) b (bound)
  where i.inhparent = parent::regclass and b.bound <> 'DEFAULT'
  order by 3
$function$

CREATE OR REPLACE FUNCTION public.payments_guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
  if old.buyer_erased_at is not null and (new.buyer_erased_at is null or new.buyer_erased_at < old.buyer_erased_at) then
    raise exception 'the buyer data of % was erased, and that stays known', old.id using errcode = 'restrict_violation';
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.raise_access_version()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  update access_version set value = value + 1;
  return null;
end $function$

CREATE OR REPLACE FUNCTION public.record_drop(parent text, name text, from_id text, to_id text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
end $function$

CREATE OR REPLACE FUNCTION public.refuse_all_but_erasure()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
end $function$

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end $function$

CREATE OR REPLACE FUNCTION public.time_of_id(id text)
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
 STABLE STRICT
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  ms bigint := 0;
begin
  if substr(id, 5, 10) !~ '^[0-7][0-9A-HJKMNP-TV-Z]{9}$' then return null; end if;
  for place in 5..14 loop
    ms := (ms << 5) | (strpos('0123456789ABCDEFGHJKMNPQRSTVWXYZ', substr(id, place, 1)) - 1);
  end loop;
  return timestamptz 'epoch' + ms * interval '1 millisecond';
end $function$
