import { eventRow, eventsText, type NewEvent, owedText } from "../callbacks/outbox.ts";
import type { RunStatement, Tx } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";
import { entryRow, type LedgerEntry, postText } from "../ledger/post.ts";
import { type KeptMessage, keepText, messageRow } from "./bank-messages.ts";
import { caseRow, type NewCase, openText } from "./cases.ts";
import type { Attempt, Payment } from "./payment.ts";

/** Everything that one fact changes of one payment, each as it is afterwards. It commits together or not at all. */
export interface Change {
  readonly message?: KeptMessage;
  /** Never without its payment, whose row tells whoever has decided without a lock that something has changed. */
  readonly attempt?: Attempt;
  readonly payment?: Payment;
  readonly entry?: LedgerEntry | undefined;
  readonly events: readonly NewEvent[];
  readonly cases?: readonly NewCase[];
}

/** The columns of an attempt that may change, and their types. */
const attemptColumns = {
  status: "text",
  certainty: "text",
  rail_code: "text",
  reason: "text",
  rail_transaction_id: "text",
  details: "jsonb",
  uncertain_count: "integer",
  not_found_count: "integer",
  next_enquiry_at: "timestamptz",
  concluded_at: "timestamptz",
} as const;

/** The columns of a payment that may change, and their types. */
const paymentColumns = {
  protocol: "text",
  api_key_id: "text",
  description: "text",
  model: "text",
  bank_id: "text",
  buyer: "jsonb",
  success_url: "text",
  failure_url: "text",
  callback_url: "text",
  metadata: "jsonb",
  status: "text",
  certainty: "text",
  claims_invoice: "boolean",
  flags: "text[]",
  attempt_count: "integer",
  event_count: "integer",
  paid_attempt_id: "text",
  updated_at: "timestamptz",
  expires_at: "timestamptz",
  paid_at: "timestamptz",
  closed_at: "timestamptz",
} as const;

type RowOf<Columns> = { readonly id: string } & { readonly [name in keyof Columns]: unknown };

function attemptRow(attempt: Attempt): RowOf<typeof attemptColumns> {
  return {
    id: attempt.id,
    status: attempt.status,
    certainty: attempt.certainty,
    rail_code: attempt.railCode,
    reason: attempt.reason,
    rail_transaction_id: attempt.railTransactionId,
    details: attempt.details,
    uncertain_count: attempt.uncertainCount,
    not_found_count: attempt.notFoundCount,
    next_enquiry_at: attempt.nextEnquiryAt,
    concluded_at: attempt.concludedAt,
  };
}

function paymentRow(payment: Payment): RowOf<typeof paymentColumns> {
  return {
    id: payment.id,
    protocol: payment.protocol,
    api_key_id: payment.apiKeyId,
    description: payment.description,
    model: payment.model,
    bank_id: payment.bankId,
    buyer: payment.buyer,
    success_url: payment.successUrl,
    failure_url: payment.failureUrl,
    callback_url: payment.callbackUrl,
    metadata: payment.metadata,
    status: payment.status,
    certainty: payment.certainty,
    claims_invoice: payment.claimsInvoice,
    flags: payment.flags,
    attempt_count: payment.attemptCount,
    event_count: payment.eventCount,
    paid_attempt_id: payment.paidAttemptId,
    updated_at: payment.updatedAt,
    expires_at: payment.expiresAt,
    paid_at: payment.paidAt,
    closed_at: payment.closedAt,
  };
}

function updateText(table: string, columns: Readonly<Record<string, string>>, rows: string): string {
  const names = Object.keys(columns);
  return `update ${table} t set ${names.map((name) => `${name} = n.${name}`).join(", ")}
      from ${rows} as n (id text, ${names.map((name) => `${name} ${columns[name]}`).join(", ")}) where t.id = n.id`;
}

/** A change as JSON: each part in the words of the room that it belongs to, with the ids that it gets. */
export type ChangeRow = ReturnType<typeof changeRow>;

/** @throws RangeError when the books would not balance */
export function changeRow(gateway: Gateway, change: Change) {
  const { message, attempt, payment, entry, events, cases = [] } = change;
  return {
    message: message === undefined ? null : messageRow(message),
    attempt: attempt === undefined ? null : attemptRow(attempt),
    payment: payment === undefined ? null : paymentRow(payment),
    entry: entry === undefined ? null : entryRow(entry),
    events: events.map((event) => eventRow(gateway, event)),
    cases: cases.map((each) => caseRow(gateway, each)),
  };
}

const changeColumns = "message json, attempt json, payment json, entry json, events json, cases json";
const oneOf = (member: "message" | "attempt" | "payment" | "entry") => `agreed, json_to_record(agreed.${member})`;
const allOf = (member: "events" | "cases") => `agreed, json_to_recordset(agreed.${member})`;

/** The statement that writes changes: all that belongs to them, each room's part in that room's own words. */
function changesText(agreed: string): string {
  return `
    with ${agreed},
    ${keepText(oneOf("message"))},
    attempted as (${updateText("attempts", attemptColumns, oneOf("attempt"))}),
    changed as (${updateText("payments", paymentColumns, oneOf("payment"))}),
    ${postText(oneOf("entry"))},
    ${eventsText(allOf("events"), "own")},
    ${openText(allOf("cases"))}
    select version, ${owedText} as owed from agreed`;
}

const underLock = changesText(
  `agreed as materialized (select null as version, c.* from json_to_record($1::json) as c (${changeColumns}))`,
);

/**
 * A change is agreed to while every payment of its invoice is, under a lock, what it was when the change was decided about. Every
 * change of a payment or its attempts writes the payment's row, so its `xmin` tells. They are locked in the order of their ids,
 * and nobody waits for one that is locked already: its change is then not agreed to.
 *
 * PostgreSQL takes whatever it reads from JSON for a hundred rows, and would rather read whole tables than look for so many. The
 * condition on `place`, which always holds, makes it expect few.
 */
const ifUnchanged = changesText(`patience as materialized (
      select set_config('lock_timeout', coalesce($2::text, current_setting('lock_timeout')), true) as ms),
    decided as materialized (
      select c.* from patience, json_to_recordset($1::json) as c (place integer, collection_id text, invoice text, version text,
        ${changeColumns})
      where patience.ms is not null and mod(c.place, 1) = 0),
    held as materialized (
      select p.collection_id, p.invoice, p.id, p.xmin
      from decided d join payments p on p.collection_id = d.collection_id and p.invoice = d.invoice
      order by p.id for update of p skip locked),
    found as materialized (
      select string_agg(id || ' ' || xmin, ',' order by id) as version from held group by collection_id, invoice),
    agreed as materialized (select d.* from decided d join found f on f.version = d.version)`);

/**
 * Writes a change of a payment that is locked.
 * @returns how many deliveries were planned
 */
export async function writeUnderLock(tx: Tx, change: ChangeRow): Promise<number> {
  const [written] = await tx.query<{ owed: number }>(underLock, [JSON.stringify(change)]);
  return written?.owed ?? 0;
}

/** A change that was decided about without a lock, and the payments of its invoice as they were then. */
export interface DecidedChange {
  readonly change: ChangeRow;
  readonly collectionId: string;
  readonly invoice: string;
  /** As `findOrders` gives it. */
  readonly version: string;
}

/** Which changes were written, by the versions of their invoices, and how many deliveries all of them have planned. */
export interface Written {
  readonly versions: ReadonlySet<string>;
  readonly owed: number;
}

/**
 * Writes those changes whose payments are unlocked and have not changed since they were decided about; all of different invoices.
 * @param patienceMs how long to wait for any other lock; undefined for as long as a statement may take
 * @returns those that were written; of the others nothing was
 */
export async function writeIfUnchanged(
  write: RunStatement,
  changes: readonly DecidedChange[],
  patienceMs?: number,
): Promise<Written> {
  const rows = changes.map(({ change, collectionId, invoice, version }, place) => {
    return { place, collection_id: collectionId, invoice, version, ...change };
  });
  const patience = patienceMs === undefined ? null : String(patienceMs);
  const written = await write<{ version: string; owed: number }>(ifUnchanged, [JSON.stringify(rows), patience]);
  return { versions: new Set(written.map(({ version }) => version)), owed: written[0]?.owed ?? 0 };
}
