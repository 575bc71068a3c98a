-- Answers that are kept for repeats of their calls hold the buyer too. One that shows a payment begins with its id, by
-- which erasure finds it.
create index idempotency_records_of_payment on idempotency_records (substr(body, 8, 30)) where left(body, 11) = '{"id":"pay_';

create or replace function erase_buyer(payment text, audit_id text, actor_kind text, actor text) returns boolean
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
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
  update deliveries set payload = '{}', url = bare_address(url) where payment_id = payment;
  update idempotency_records set body = erased_view(body::jsonb)::text
    where left(body, 11) = '{"id":"pay_' and substr(body, 8, 30) = payment;
  insert into audit_log (id, merchant_id, at, actor_kind, actor, action, object_id, changes)
    values (audit_id, of_merchant, clock_timestamp(), actor_kind, actor, 'payment.buyer_erased', payment, '{}');
  return true;
end $$;
