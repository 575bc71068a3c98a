import { bookingText, noHash, sealedTextVersion, sealedTimeSql } from "../ledger/sealed-text.ts";
import type { Check } from "./check.ts";

/** What a seal's hash has to be, from what is stored now. */
const recomputed = `
  select s.merchant_id, s.number, s.transaction_id, s.hash, t.id, t.payment_id, t.merchant_id as booked_for,
    sha256(convert_to('${sealedTextVersion}' || e'\\n' || encode(s.previous_hash, 'hex') || e'\\n' || s.merchant_id || e'\\n'
      || s.number || e'\\n' || ${sealedTimeSql("s.sealed_at")} || e'\\n' || t.text, 'UTF8')) as wanted
  from ledger_seals s left join (
    select t.id, t.merchant_id, t.payment_id, ${bookingText("t", "p")} as text
    from ledger_transactions t left join ledger_postings p on p.transaction_id = t.id group by t.id
  ) t on t.id = s.transaction_id`;

const linked = `
  select s.*, lag(number, 1, 0::bigint) over chain as number_before, lag(hash) over chain as hash_before
  from ledger_seals s window chain as (partition by merchant_id order by number)`;

const mostBehind = "interval '10 minutes'";

/** The chains of seals. `docs/guides/books.md` tells how they are made. */
export const chainChecks: readonly Check[] = [
  {
    name: "chain.complete",
    promise: "Every booking is sealed, or waits for its seal.",
    sql: `select t.id as subject, case when s.transaction_id is null then 'neither sealed nor waiting' else 'sealed, and waiting' end
        as detail, t.payment_id
      from ledger_transactions t left join ledger_seals s on s.transaction_id = t.id
        left join ledger_unsealed u on u.transaction_id = t.id
      where (s.transaction_id is null) = (u.transaction_id is null)`,
  },
  {
    name: "chain.links",
    promise: "The seals of a merchant are numbered from 1 without a gap, and each holds the hash of the one before.",
    sql: `select merchant_id || ' seal ' || number as subject, case when number <> number_before + 1
        then 'follows seal ' || number_before else 'does not hold the hash of the seal before' end as detail, null as payment_id
      from (${linked}) s
      where number <> number_before + 1 or previous_hash <> coalesce(hash_before, decode('${noHash}', 'hex'))`,
  },
  {
    name: "chain.hashes",
    promise: "Every sealed booking is as it was when it was sealed.",
    sql: `select merchant_id || ' seal ' || number as subject, case when id is null then 'the booking ' || transaction_id || ' is gone'
        when merchant_id <> booked_for then transaction_id || ' is booked for ' || booked_for
        else transaction_id || ' or its seal was changed' end as detail, payment_id
      from (${recomputed}) s
      where id is null or merchant_id <> booked_for or hash is distinct from wanted`,
  },
  {
    name: "chain.remembered",
    promise: "Every seal that an earlier proof saw at the end of its chain is there still.",
    sql: `select h.merchant_id || ' seal ' || h.number as subject, case when s.hash is null then 'is gone'
        else 'was ' || encode(h.hash, 'hex') || ' and is ' || encode(s.hash, 'hex') end || '; seen by ' || h.verification_id as detail,
        null as payment_id
      from verified_heads h left join ledger_seals s on s.merchant_id = h.merchant_id and s.number = h.number
      where s.hash is distinct from h.hash`,
  },
  {
    name: "chain.waiting",
    promise: "No booking waits for its seal longer than ten minutes.",
    sql: `select u.transaction_id as subject, coalesce('waits since ' || ${sealedTimeSql("t.created_at")}, 'waits, and is no booking')
        as detail, t.payment_id
      from ledger_unsealed u left join ledger_transactions t on t.id = u.transaction_id
      where t.id is null or t.created_at < $1::timestamptz - ${mostBehind}`,
  },
];
