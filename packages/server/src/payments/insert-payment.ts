import { subscriptionsTo } from "@kineticpay/contract/events/catalogue";
import { fanOutText } from "../callbacks/fan-out.ts";
import type { Row, RunStatement } from "../db/db.ts";
import type { NewRecord } from "../idempotency/call-record.ts";
import { sqlStateOf } from "../seams/database-unavailable.ts";
import type { Payment } from "./payment.ts";

/** A payment as it is first written: with the event that tells of it, and the record of a keyed call that asked for it. */
export interface FirstWriting {
  readonly payment: Payment;
  readonly eventId: string;
  readonly eventData: unknown;
}

export type RecordedWriting = FirstWriting & { readonly record: NewRecord };

const claimedOrPaid =
  "select from payments where collection_id = $3 and invoice = $7 and (claims_invoice or status = 'paid')";

export const hearsOfCreation = `w.event_types && array['${subscriptionsTo("payment.created").join("', '")}']`;

/**
 * Writes a payment, its first event and what that owes to endpoints, and before them, if there is one, the record of the
 * call that asked for it.
 */
function insertText(parts: { readonly record: string; readonly onlyIf: string; readonly onConflict: string }): string {
  return `
    with ${parts.record} new as (
       insert into payments (id, merchant_id, collection_id, checkout_id, protocol, api_key_id, invoice, amount_sen, currency,
         description, model, bank_id, buyer, success_url, failure_url, callback_url, locale, metadata, status, certainty,
         claims_invoice, event_count, created_at, updated_at, expires_at, merchant_name)
       select $1, $2, $3, $4, $5, $6, $7, $8::bigint, 'MYR', $9, $10, $11, $12::jsonb, $13, $14, $15, $16, $17::jsonb, 'open', 'final',
         true, 1, $18::timestamptz, $18, $19::timestamptz, $22
       where ${parts.onlyIf}
       ${parts.onConflict}
       returning id),
     event as (
       insert into events (id, merchant_id, collection_id, payment_id, sequence, type, data, created_at)
       select $20, $2, $3, new.id, 1, 'payment.created', $21::json, $18 from new
       returning id, merchant_id, collection_id, payment_id, created_at),
     fanned as (${fanOutText("own", hearsOfCreation)})
     select (select count(*) from fanned) as told from event`;
}

/** Also what `pgbench` is given to do, where creating payments is measured against it. */
export const insertPlain = insertText({
  record: "",
  onlyIf: "not exists (select from payments where collection_id = $3 and invoice = $7 and status = 'paid')",
  onConflict: "on conflict (collection_id, invoice) where claims_invoice do nothing",
});

/**
 * The record comes first, as it does wherever a keyed call is worked on, so that no two of them wait for each other. It is
 * written only when the payment will be: should another take the invoice in between, the statement fails as a whole.
 */
const insertRecorded = insertText({
  record: `record as (
       insert into idempotency_records (merchant_id, collection_id, idempotency_key, route, fingerprint, request_id, created_at,
         status, media_type, body, body_sealed)
       select $2, $3, $23, $24, $25, $26, $27::timestamptz, $28, $29, $30, $31
       from (select set_config('lock_timeout', $32, true) as patience) p
       where p.patience is not null and not exists (${claimedOrPaid})
       on conflict do nothing
       returning 1),`,
  onlyIf: "exists (select from record)",
  onConflict: "",
});

function insertValues({ payment, eventId, eventData }: FirstWriting): unknown[] {
  return [
    payment.id,
    payment.merchantId,
    payment.collectionId,
    payment.checkoutId,
    payment.protocol,
    payment.apiKeyId,
    payment.invoice,
    payment.amountSen,
    payment.description,
    payment.model,
    payment.bankId,
    JSON.stringify(payment.buyer),
    payment.successUrl,
    payment.failureUrl,
    payment.callbackUrl,
    payment.locale,
    JSON.stringify(payment.metadata),
    payment.createdAt,
    payment.expiresAt,
    eventId,
    JSON.stringify(eventData),
    payment.merchantName,
  ];
}

/**
 * A new payment, its first event and that event's deliveries in one statement and so one commit.
 * @returns how many endpoints are to be told; undefined when the invoice is taken, and nothing was written
 */
export async function insertPayment(write: RunStatement, writing: FirstWriting): Promise<number | undefined> {
  return toldIn(await write(insertPlain, insertValues(writing)));
}

/** What a statement that wrote a payment says of how many endpoints are to be told. */
function toldIn(rows: readonly Row[]): number | undefined {
  return rows[0]?.["told"] as number | undefined;
}

/** SQLSTATEs of a statement that another transaction was in the way of: unique_violation, lock_not_available, deadlock. */
const inTheWay = ["23505", "55P03", "40P01"];

/**
 * The same together with the record of the call that asked for it. Nothing at all is written when the invoice is taken or
 * the call's key has been used, or when somebody else is just about either.
 */
export async function insertRecordedPayment(
  write: RunStatement,
  writing: RecordedWriting,
): Promise<number | undefined> {
  const { call, answer, sealed, patienceMs } = writing.record;
  const values = [
    ...insertValues(writing),
    call.key,
    call.route,
    call.fingerprint,
    call.requestId,
    call.at,
    answer.status,
    answer.mediaType,
    sealed === null ? answer.body : null,
    sealed,
    String(patienceMs),
  ];
  try {
    return toldIn(await write(insertRecorded, values));
  } catch (error) {
    if (inTheWay.includes(sqlStateOf(error) ?? "")) return undefined;
    throw error;
  }
}
