-- Buyer data can be erased, and nothing else: books, amounts, ids, codes and digests stay, so everything can still be
-- proved. When data was erased stands on the payment.
alter table payments add column buyer_erased_at timestamptz;

-- How long buyer data is kept after a payment has ended; no row keeps it. Only the tables' owner writes it, from
-- KINETICPAY_BUYER_DATA_DAYS, so that whoever has the application's rights cannot have data erased before its time.
create table retention (
  only_row boolean primary key default true check (only_row),
  buyer_data_days integer not null check (buyer_data_days between 1 and 36500)
);

-- An address without the part that may tell who came: a shop may have put anything there.
create function bare_address(address text) returns text language sql immutable set search_path = pg_catalog, pg_temp as
  $$ select regexp_replace(address, '[?#].*$', '') $$;

-- What is left of a payment as an event tells it. Texts of the shop's own go too, since buyers' names stand in them.
create function erased_view(data jsonb) returns jsonb language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select data || coalesce((
    select jsonb_object_agg(key, case
      when key in ('buyer', 'metadata') then '{}'::jsonb
      when key = 'description' then '""'::jsonb
      when jsonb_typeof(value) = 'string' then to_jsonb(bare_address(value #>> '{}'))
      else value end)
    from jsonb_each(data)
    where key in ('buyer', 'metadata', 'description', 'success_url', 'failure_url', 'callback_url')), '{}')
$$;

-- Of what was sent to the bank, and of what it said, only what is known to tell nothing of a person.
create function erased_members(data jsonb) returns jsonb language sql immutable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(data) where key in (
    'fpx_msgType', 'fpx_msgToken', 'fpx_sellerExId', 'fpx_sellerExOrderNo', 'fpx_sellerTxnTime', 'fpx_sellerOrderNo',
    'fpx_sellerId', 'fpx_sellerBankCode', 'fpx_txnCurrency', 'fpx_txnAmount', 'fpx_buyerBankId', 'fpx_version',
    'buyerBankId', 'fpxTime', 'debitAuthNo', 'creditAuthCode', 'creditAuthNo')
$$;

-- Whoever erased is told apart from whoever only changed: what was marked stays marked.
create or replace function payments_guard() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
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
end $$;

-- These tables stay append-only but for one change, whoever makes it: a row may become what its erasure leaves of it,
-- once its payment is marked as erased.
create function refuse_all_but_erasure() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  was jsonb := to_jsonb(old);
  payment text;
begin
  if tg_op = 'UPDATE' then
    payment := case tg_table_name when 'events' then was ->> 'payment_id'
      else (select a.payment_id from attempts a where a.id = was ->> 'attempt_id') end;
    was := was || case tg_table_name when 'events' then jsonb_build_object('data', erased_view(was -> 'data')) else '{"body":""}' end;
    if to_jsonb(new) = was and exists (select from payments p where p.id = payment and p.buyer_erased_at is not null) then
      return new;
    end if;
  end if;
  raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end $$;
drop trigger events_append_only on events;
drop trigger bank_messages_append_only on bank_messages;
create trigger events_append_only before update or delete on events for each row execute function refuse_all_but_erasure();
create trigger bank_messages_append_only before update or delete on bank_messages for each row execute function refuse_all_but_erasure();

-- Why a payment's buyer data must stay for now; null when it may go.
create function erasure_hindrance(payment text) returns text language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select case
    when p.status in ('open', 'processing', 'awaiting_approval') then 'it is ' || p.status
    when exists (select from attempts a where a.payment_id = p.id and a.status in ('in_flight', 'awaiting_approval'))
      then 'an attempt is under way'
    when exists (select from deliveries d where d.payment_id = p.id and d.status = 'pending') then 'a callback is yet to be delivered'
    end
  from payments p where p.id = payment
$$;

-- Erases what is kept of the buyer of one payment. For the tables' owner alone: it is given to nobody.
create function erase_buyer(payment text, audit_id text, actor_kind text, actor text) returns boolean
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
  insert into audit_log (id, merchant_id, at, actor_kind, actor, action, object_id, changes)
    values (audit_id, of_merchant, clock_timestamp(), actor_kind, actor, 'payment.buyer_erased', payment, '{}');
  return true;
end $$;
revoke execute on function erase_buyer from public;

-- Erases what retention says is due, at most so many payments; answers with their ids. The application may ask for it,
-- since it can bring about nothing that the owner has not decided.
create function erase_due_buyers(audit_ids text[]) returns setof text
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
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
end $$;
revoke execute on function erase_due_buyers from public;
