import { ringgitFromSen } from "@kineticpay/contract/money";
import type { Gateway } from "../gateway.ts";
import type { Attempt, Payment } from "./payment.ts";
import { publicUrl } from "./payment-view.ts";

const malaysiaOffsetMs = 8 * 60 * 60 * 1000;

/** "2023-06-15 11:23:27" in Malaysian time, which has no daylight saving. */
export function malaysianTime(date: Date): string {
  return new Date(date.getTime() + malaysiaOffsetMs).toISOString().slice(0, 19).replace("T", " ");
}

/** The attempt that a payment's state hangs on: the one that paid, else the newest still under way, else the newest. */
export function decisiveAttempt(payment: Payment, attempts: readonly Attempt[]): Attempt | undefined {
  const paid = attempts.find((attempt) => attempt.id === payment.paidAttemptId);
  const flying = attempts.filter((attempt) => attempt.status === "in_flight");
  const waiting = attempts.filter((attempt) => attempt.status === "awaiting_approval");
  return paid ?? flying.at(-1) ?? waiting.at(-1) ?? attempts.at(-1);
}

const timedOut = "OF";

/** Clients believe "00", so a payment that is not paid never shows it, whatever an attempt's own code was. */
function codeOfFailure(attempt: Attempt): string {
  return attempt.railCode === "" || attempt.railCode === "00" ? timedOut : attempt.railCode;
}

/** The wire protocol's `code`: "00" when paid and then only. */
export function wireCode(payment: Payment, attempts: readonly Attempt[]): string {
  const last = attempts.at(-1);
  switch (payment.status) {
    case "paid":
      return "00";
    case "processing":
      return "09";
    case "awaiting_approval":
      return "99";
    case "cancelled":
      return "2X";
    case "expired":
      return last === undefined ? timedOut : codeOfFailure(last);
    case "open":
      return last === undefined ? "09" : codeOfFailure(last);
  }
}

const transactionStatus = { "00": "Successful", "09": "Pending", "99": "Pending" } as const;

/** The record of the wire protocol, as its clients in the field read it. */
export function transactionRecord(
  gateway: Gateway,
  payment: Payment,
  attempts: readonly Attempt[],
): Record<string, unknown> {
  const attempt = decisiveAttempt(payment, attempts);
  const code = wireCode(payment, attempts);
  return {
    order_number: payment.invoice,
    order_description: payment.description,
    order_currency: "MYR",
    order_amount: ringgitFromSen(payment.amountSen),
    merchant_name: payment.merchantName,
    buyer_name: attempt?.details["buyerName"] || payment.buyer.name || "",
    buyer_email: payment.buyer.email ?? "",
    buyer_bank_name: attempt?.bankName ?? "",
    buyer_bank_code: attempt?.bankId ?? "",
    exchange_order_number: attempt?.orderNumber ?? "",
    show_custom_buyer_info_at_landing_page: false,
    custom_buyer_name: null,
    custom_buyer_email: null,
    custom_buyer_personal_info: null,
    custom_order_description: null,
    html_form: false,
    transaction_status: transactionStatus[code as keyof typeof transactionStatus] ?? "Failed",
    transaction_status_code: code,
    transaction_status_description: code === "00" ? "Approved" : gateway.rail.meaning(code).title,
    transaction_id: attempt?.railTransactionId ?? "",
    transaction_date_time: malaysianTime(attempt?.concludedAt ?? attempt?.createdAt ?? payment.createdAt),
    payment_model: attempt?.model ?? payment.model ?? "b2c",
  };
}

/** What a wire-protocol callback of the payment's present state carries. */
export function wirePayload(gateway: Gateway, payment: Payment, attempts: readonly Attempt[]) {
  const number = decisiveAttempt(payment, attempts)?.number ?? 0;
  return {
    encoded: JSON.stringify({ record: transactionRecord(gateway, payment, attempts) }),
    receiptUrl: `${publicUrl(gateway)}/checkout/${payment.checkoutId}`,
    sellerOrderNo: `KP-${payment.invoice}-${number}`,
    apiKeyId: payment.apiKeyId,
  };
}
