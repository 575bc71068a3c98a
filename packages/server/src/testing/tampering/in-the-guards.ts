import type { Tampering } from "./tampering.ts";

/** What guards the rows. */
export const inTheGuards: readonly Tampering[] = [
  {
    what: "a trigger is switched off",
    seenBy: "schema.whole",
    statements: () => ["alter table ledger_postings disable trigger ledger_postings_append_only"],
  },
  {
    what: "a trigger is removed",
    seenBy: "schema.whole",
    statements: () => ["drop trigger payments_guard on payments"],
  },
  {
    what: "a trigger is added",
    seenBy: "schema.whole",
    statements: () => [
      "create trigger planted before insert on events for each row execute function ledger_await_seal()",
    ],
  },
  {
    what: "what a trigger does is replaced",
    seenBy: "schema.whole",
    statements: () => [
      "create or replace function refuse_change() returns trigger language plpgsql as 'begin return new; end'",
    ],
  },
  { what: "an index is removed", seenBy: "schema.whole", statements: () => ["drop index deliveries_failed"] },
  {
    what: "an index that keeps a partition's rows unique is removed",
    seenBy: "schema.partitions",
    statements: () => ["drop index events_default_paid_once"],
  },
  {
    what: "a partition's trigger is switched off",
    seenBy: "schema.partitions",
    statements: () => ["alter table events_default disable trigger events_append_only"],
  },
  {
    what: "a trigger is added to a partition",
    seenBy: "schema.partitions",
    statements: () => [
      "create trigger planted before insert on deliveries_default for each row execute function refuse_change()",
    ],
  },
  {
    what: "everybody may read a partition past its table",
    seenBy: "schema.partitions",
    statements: () => ["grant select on events_default to public"],
  },
  {
    what: "a constraint is removed",
    seenBy: "schema.whole",
    statements: () => ["alter table ledger_postings drop constraint ledger_postings_amount_sen_check"],
  },
  {
    what: "a right is added",
    seenBy: "schema.grants",
    statements: () => ["grant delete on ledger_postings to kineticpay_app"],
  },
  { what: "everybody gets a right", seenBy: "schema.grants", statements: () => ["grant update on events to public"] },
  {
    what: "the gateway's role becomes a member of the owner's",
    seenBy: "schema.grants",
    statements: () => ["grant kineticpay to kineticpay_app"],
  },
];
