-- Calls that came with an Idempotency-Key and what they were answered, so that a repeat gets the same answer and does
-- nothing more. Written in the commit of what the call did. Rows go when they are old enough.
create table idempotency_records (
  -- A key is told apart within its collection: no other merchant meets it, and no other shop of the same one. Neither
  -- column refers to a table: both come from a key that was just verified, and neither is ever deleted.
  merchant_id text not null,
  collection_id text not null,
  idempotency_key text not null check (length(idempotency_key) between 1 and 255),
  -- Method and pattern of the address.
  route text not null,
  -- Two digests: of what stood in the place of the pattern's names, and of the body.
  fingerprint bytea not null check (length(fingerprint) = 64),
  -- The call that did the work.
  request_id text not null,
  created_at timestamptz not null,
  status smallint check (status in (200, 403, 404)),
  media_type text,
  body text,
  -- In place of the body, when the answer shows a secret.
  body_sealed bytea,
  -- As long as there is no answer: until when the call that claims the key can be at work.
  lease_until timestamptz,
  primary key (merchant_id, collection_id, idempotency_key),
  check ((status is null) = (lease_until is not null)),
  check ((status is null) = (media_type is null)),
  check (num_nonnulls(body, body_sealed) = (status is not null)::integer)
);
create index idempotency_records_by_age on idempotency_records (created_at);
