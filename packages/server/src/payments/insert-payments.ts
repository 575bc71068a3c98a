import { fanOutText } from "../callbacks/fan-out.ts";
import type { RunStatement, SharedWrite } from "../db/db.ts";
import {
  type FirstWriting,
  hearsOfCreation,
  insertPayment,
  insertRecordedPayment,
  type RecordedWriting,
} from "./insert-payment.ts";

/**
 * Payments that are asked for at the same moment, in one statement. What each of them is read from is a row of JSON, so the
 * text is the same for any number. They are written in the order of their invoices, and records in that of their keys: so two
 * processes that write some of the same wait for each other in one order. For a lock they wait next to no time, because
 * those that need none wait with them; then each is written alone, and has the patience that it came with.
 */
const patienceMs = 50;

function togetherText(parts: {
  readonly record: string;
  readonly onlyIf: string;
  readonly onConflict: string;
}): string {
  return `
    with patience as materialized (select set_config('lock_timeout', '${patienceMs}', true) as ms),
     input as materialized (
       select i.* from json_to_recordset($1::json) as i (id text, merchant_id text, collection_id text, checkout_id text,
         protocol text, api_key_id text, invoice text, amount_sen bigint, description text, model text, bank_id text, buyer jsonb,
         success_url text, failure_url text, callback_url text, locale text, metadata jsonb, created_at timestamptz,
         expires_at timestamptz, merchant_name text, event_id text, event_data json, idempotency_key text, route text,
         fingerprint text, request_id text, called_at timestamptz, status integer, media_type text, body text,
         body_sealed text), patience
       where patience.ms is not null),
     ${parts.record}
     new as (
       insert into payments (id, merchant_id, collection_id, checkout_id, protocol, api_key_id, invoice, amount_sen, currency,
         description, model, bank_id, buyer, success_url, failure_url, callback_url, locale, metadata, status, certainty,
         claims_invoice, event_count, created_at, updated_at, expires_at, merchant_name)
       select i.id, i.merchant_id, i.collection_id, i.checkout_id, i.protocol, i.api_key_id, i.invoice, i.amount_sen, 'MYR',
         i.description, i.model, i.bank_id, i.buyer, i.success_url, i.failure_url, i.callback_url, i.locale, i.metadata,
         'open', 'final', true, 1, i.created_at, i.created_at, i.expires_at, i.merchant_name
       from input i
       where ${parts.onlyIf}
       order by i.collection_id, i.invoice
       ${parts.onConflict}
       returning id),
     event as (
       insert into events (id, merchant_id, collection_id, payment_id, sequence, type, data, created_at)
       select i.event_id, i.merchant_id, i.collection_id, i.id, 1, 'payment.created', i.event_data, i.created_at
       from new join input i on i.id = new.id
       returning id, merchant_id, collection_id, payment_id, created_at),
     fanned as (${fanOutText("own", hearsOfCreation)})
     select event.payment_id as id, count(fanned.event_id) as told
     from event left join fanned on fanned.event_id = event.id group by event.payment_id`;
}

const insertPlain = togetherText({
  record: "",
  onlyIf:
    "not exists (select from payments p where p.collection_id = i.collection_id and p.invoice = i.invoice and p.status = 'paid')",
  onConflict: "on conflict (collection_id, invoice) where claims_invoice do nothing",
});

const insertRecorded = togetherText({
  record: `record as (
       insert into idempotency_records (merchant_id, collection_id, idempotency_key, route, fingerprint, request_id, created_at,
         status, media_type, body, body_sealed)
       select i.merchant_id, i.collection_id, i.idempotency_key, i.route, decode(i.fingerprint, 'base64'), i.request_id,
         i.called_at, i.status, i.media_type, i.body, decode(i.body_sealed, 'base64')
       from input i
       where not exists (select from payments p where p.collection_id = i.collection_id and p.invoice = i.invoice
         and (p.claims_invoice or p.status = 'paid'))
       order by i.merchant_id, i.collection_id, i.idempotency_key
       on conflict do nothing
       returning request_id),`,
  onlyIf: "i.request_id in (select request_id from record)",
  onConflict: "",
});

function inputOf({ payment, eventId, eventData }: FirstWriting) {
  return {
    id: payment.id,
    merchant_id: payment.merchantId,
    collection_id: payment.collectionId,
    checkout_id: payment.checkoutId,
    protocol: payment.protocol,
    api_key_id: payment.apiKeyId,
    invoice: payment.invoice,
    amount_sen: payment.amountSen,
    description: payment.description,
    model: payment.model,
    bank_id: payment.bankId,
    buyer: payment.buyer,
    success_url: payment.successUrl,
    failure_url: payment.failureUrl,
    callback_url: payment.callbackUrl,
    locale: payment.locale,
    metadata: payment.metadata,
    created_at: payment.createdAt,
    expires_at: payment.expiresAt,
    merchant_name: payment.merchantName,
    event_id: eventId,
    event_data: eventData,
  };
}

function recordedInputOf(writing: RecordedWriting) {
  const { call, answer, sealed } = writing.record;
  return {
    ...inputOf(writing),
    idempotency_key: call.key,
    route: call.route,
    fingerprint: call.fingerprint.toString("base64"),
    request_id: call.requestId,
    called_at: call.at,
    status: answer.status,
    media_type: answer.mediaType,
    body: sealed === null ? answer.body : null,
    body_sealed: sealed?.toString("base64") ?? null,
  };
}

/** Writes them and gives, for each, how many endpoints are to be told, or undefined when it was not written. */
async function insertTogether(
  write: RunStatement,
  text: string,
  ids: readonly string[],
  inputs: readonly unknown[],
): Promise<(number | undefined)[]> {
  const rows = await write(text, [JSON.stringify(inputs)]);
  const told = new Map(rows.map((row) => [row["id"] as string, row["told"] as number]));
  return ids.map((id) => told.get(id));
}

const idsOf = (writings: readonly FirstWriting[]) => writings.map(({ payment }) => payment.id);
const invoiceOf = ({ payment }: FirstWriting) => `${payment.collectionId} ${payment.invoice}`;

/** A payment that nobody may have asked for before, as `insertPayment` writes it. */
export const newPayments: SharedWrite<FirstWriting, number | undefined> = {
  name: "payments.create",
  apart: invoiceOf,
  alone: insertPayment,
  together: (write, writings) => insertTogether(write, insertPlain, idsOf(writings), writings.map(inputOf)),
};

/** The same with the record of a keyed call, as `insertRecordedPayment` writes it. */
export const newRecordedPayments: SharedWrite<RecordedWriting, number | undefined> = {
  name: "payments.create_under_key",
  apart: invoiceOf,
  alone: insertRecordedPayment,
  together: (write, writings) => insertTogether(write, insertRecorded, idsOf(writings), writings.map(recordedInputOf)),
};
