import type { AttemptView, PaymentView } from "@kineticpay/contract/payment";
import type { Gateway } from "../gateway.ts";
import { publicUrlOf } from "../public-url.ts";
import { type Attempt, isGivenUp, isInFlight, type Payment } from "./payment.ts";

const meaningOfGivenUp = {
  message: "The buyer was handed to the bank network, which never received the request. No money moved.",
  buyer: {
    en: "You did not reach the bank, so nothing was paid. You can try again.",
    ms: "Anda tidak sampai ke laman bank, jadi tiada bayaran dibuat. Anda boleh cuba semula.",
  },
};

const waiting = {
  message: "The buyer was sent to the bank; the bank network has not said yet what came of it.",
  buyer: {
    en: "We are waiting for the bank to tell us the result. Please do not pay again yet.",
    ms: "Kami sedang menunggu keputusan daripada bank. Sila jangan bayar semula lagi.",
  },
};

function attemptView(gateway: Gateway, attempt: Attempt): AttemptView {
  const known = attempt.railCode === "" ? waiting : gateway.rail.meaning(attempt.railCode);
  const meaning = isGivenUp(attempt) ? meaningOfGivenUp : known;
  return {
    id: attempt.id,
    number: attempt.number,
    status: attempt.status,
    model: attempt.model,
    bank: attempt.bankId,
    bank_name: attempt.bankName,
    rail_code: attempt.railCode,
    reason: attempt.reason,
    message: meaning.message,
    buyer_message: meaning.buyer,
    rail_transaction_id: attempt.railTransactionId,
    order_number: attempt.orderNumber,
    created_at: attempt.createdAt.toISOString(),
    concluded_at: attempt.concludedAt?.toISOString() ?? null,
  };
}

/** The origin under which the world reaches this gateway. */
export function publicUrl(gateway: Gateway): string {
  return publicUrlOf(gateway.config);
}

/** A payment as the v2 API, its events and its callbacks show it. */
export function paymentView(gateway: Gateway, payment: Payment, attempts: readonly Attempt[]): PaymentView {
  const checks = attempts
    .filter((attempt) => isInFlight(attempt) && attempt.nextEnquiryAt !== null)
    .map((attempt) => attempt.nextEnquiryAt?.toISOString() ?? "")
    .sort();
  return {
    id: payment.id,
    object: "payment",
    collection: payment.collectionId,
    amount: payment.amountSen,
    currency: "MYR",
    invoice: payment.invoice,
    description: payment.description,
    status: payment.status,
    certainty: payment.certainty,
    next_check_at: checks[0] ?? null,
    flags: payment.flags,
    model: payment.model,
    bank: payment.bankId,
    buyer: payment.buyer,
    success_url: payment.successUrl,
    failure_url: payment.failureUrl,
    callback_url: payment.callbackUrl,
    checkout_url: `${publicUrl(gateway)}/checkout/${payment.checkoutId}`,
    locale: payment.locale,
    metadata: payment.metadata,
    attempts: attempts.map((attempt) => attemptView(gateway, attempt)),
    created_at: payment.createdAt.toISOString(),
    updated_at: payment.updatedAt.toISOString(),
    expires_at: payment.expiresAt.toISOString(),
    paid_at: payment.paidAt?.toISOString() ?? null,
  };
}
