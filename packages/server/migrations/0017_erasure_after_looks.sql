-- A buyer of whom the bank network had not heard is looked for once more. Every question repeats the buyer's data, so it stays until the
-- last look; what has no answer for a week is not asked about any more, and stands in nobody's way.
create or replace function erasure_hindrance(payment text) returns text
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select case
    when p.status in ('open', 'processing', 'awaiting_approval') then 'it is ' || p.status
    when exists (select from attempts a where a.payment_id = p.id and a.status in ('in_flight', 'awaiting_approval'))
      then 'an attempt is under way'
    when exists (select from attempts a where a.payment_id = p.id and a.next_enquiry_at is not null)
      then 'FPX is yet to be asked about an attempt once more'
    when exists (select from deliveries d where d.payment_id = p.id and d.status = 'pending') then 'a callback is yet to be delivered'
    end
  from payments p where p.id = payment
$$;
