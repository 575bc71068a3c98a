import { column, type Tampering } from "./tampering.ts";

const booking = "transaction_id";
/** The seal of a booking that has others after it. */
const innerSeal =
  "number between 2 and (select max(s.number) - 1 from ledger_seals s where s.merchant_id = ledger_seals.merchant_id)";
const lastSeal = "number = (select max(s.number) from ledger_seals s where s.merchant_id = ledger_seals.merchant_id)";

/** Seals, and what waits for one. */
export const inTheChain: readonly Tampering[] = [
  {
    what: "the last seal is removed, and its booking made to wait for another",
    seenBy: "chain.waiting",
    statements: (victim) => [
      `create temporary table victim on commit drop as select ${victim("ledger_seals", lastSeal, booking)} as id`,
      "delete from ledger_seals where transaction_id in (select id from victim)",
      "insert into ledger_unsealed select id from victim",
    ],
  },
  {
    what: "a seal's hash is edited",
    seenBy: "chain.hashes",
    statements: (victim) => [
      `update ledger_seals set hash = set_byte(hash, 3, (get_byte(hash, 3) + 1) % 256) where transaction_id = ${victim("ledger_seals", "true", booking)}`,
    ],
  },
  {
    what: "a seal's time is edited",
    seenBy: "chain.hashes",
    statements: (victim) =>
      column(victim, "ledger_seals", "sealed_at = sealed_at + interval '1 second'", "true", booking),
  },
  {
    what: "a seal holds another hash before it",
    seenBy: "chain.links",
    statements: (victim) => column(victim, "ledger_seals", "previous_hash = sha256('x')", "true", booking),
  },
  {
    what: "a seal in the middle is removed",
    seenBy: "chain.links",
    statements: (victim) => [
      `delete from ledger_seals where transaction_id = ${victim("ledger_seals", innerSeal, booking)}`,
    ],
  },
  {
    what: "the last seal is removed",
    seenBy: "chain.complete",
    statements: (victim) => [
      `delete from ledger_seals where transaction_id = ${victim("ledger_seals", lastSeal, booking)}`,
    ],
  },
  {
    what: "two seals change their bookings",
    seenBy: "chain.hashes",
    statements: (victim) => [
      `create temporary table pair on commit drop as select merchant_id, number, transaction_id from ledger_seals where transaction_id = ${victim("ledger_seals", innerSeal, booking)}`,
      "insert into pair select s.merchant_id, s.number, s.transaction_id from ledger_seals s join pair using (merchant_id) where s.number = pair.number + 1",
      "alter table ledger_seals drop constraint ledger_seals_transaction_id_key",
      `update ledger_seals s set transaction_id = other.transaction_id from pair mine, pair other
      where s.merchant_id = mine.merchant_id and s.number = mine.number and other.number <> mine.number`,
    ],
  },
  {
    what: "a booking is taken from those that wait for a seal",
    seenBy: "chain.complete",
    statements: (victim) => [
      `create temporary table victim on commit drop as select merchant_id, number, transaction_id from ledger_seals where transaction_id = ${victim("ledger_seals", lastSeal, booking)}`,
      "delete from ledger_seals where transaction_id in (select transaction_id from victim)",
      "insert into ledger_unsealed select transaction_id from victim",
      "delete from ledger_unsealed",
    ],
  },
  {
    what: "a sealed booking is made to wait again",
    seenBy: "chain.complete",
    statements: (victim) => [`insert into ledger_unsealed values (${victim("ledger_transactions")})`],
  },
];
