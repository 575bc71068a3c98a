import type { Attempt, Payment, PaymentWithAttempts } from "./payment.ts";

/** Reads a row's snake_case columns into the camelCase names that a type gives them; of rows that do not come as JSON, `pg` parses dates and jsonb. */
export const paymentColumns = `p.id, p.merchant_id as "merchantId", p.collection_id as "collectionId", p.checkout_id as "checkoutId",
  p.protocol, p.api_key_id as "apiKeyId", p.merchant_name as "merchantName", p.invoice, p.amount_sen as "amountSen", p.description, p.model, p.bank_id as "bankId",
  p.buyer, p.success_url as "successUrl", p.failure_url as "failureUrl", p.callback_url as "callbackUrl", p.locale, p.metadata,
  p.status, p.certainty, p.claims_invoice as "claimsInvoice", p.flags, p.attempt_count as "attemptCount",
  p.event_count as "eventCount", p.paid_attempt_id as "paidAttemptId", p.created_at as "createdAt", p.updated_at as "updatedAt",
  p.expires_at as "expiresAt", p.paid_at as "paidAt", p.closed_at as "closedAt"`;

export const attemptColumns = `a.id, a.merchant_id as "merchantId", a.payment_id as "paymentId", a.number, a.rail, a.model, a.bank_id as "bankId",
  a.bank_name as "bankName", a.order_number as "orderNumber", a.sent, a.facts, a.locale, a.status, a.certainty, a.rail_code as "railCode",
  a.reason, a.rail_transaction_id as "railTransactionId", a.details, a.uncertain_count as "uncertainCount",
  a.not_found_count as "notFoundCount", a.enquiry_count as "enquiryCount", a.next_enquiry_at as "nextEnquiryAt",
  a.browser_returned_at as "browserReturnedAt", a.created_at as "createdAt", a.concluded_at as "concludedAt"`;

/** JSON has no dates: these members are. */
const paymentDates = ["createdAt", "updatedAt", "expiresAt", "paidAt", "closedAt"] as const;
const attemptDates = ["nextEnquiryAt", "browserReturnedAt", "createdAt", "concludedAt"] as const;

function fromJson<Name extends string, T extends Readonly<Record<Name, Date | null>>>(
  row: T,
  dates: readonly Name[],
): T {
  const read = dates.map((name) => [name, row[name] === null ? null : new Date(row[name])]);
  return { ...row, ...Object.fromEntries(read) };
}

/** An attempt that came as JSON. */
export const attemptFromJson = (row: Attempt): Attempt => fromJson(row, attemptDates);

/** A payment with `attemptsOfPayment` that came as JSON. */
export function wholeFromJson({
  attempts,
  ...row
}: Payment & { attempts: readonly Attempt[] | null }): PaymentWithAttempts {
  return { payment: fromJson(row, paymentDates), attempts: attempts?.map(attemptFromJson) ?? [] };
}

/** A payment's attempts by number, as one value; null when there are none. */
export const attemptsOfPayment = `(select json_agg(each order by each.number) from
  (select ${attemptColumns} from attempts a where a.payment_id = p.id) each) as attempts`;
