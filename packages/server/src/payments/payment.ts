import type { Meta } from "@kineticpay/contract/errors/entry";
import type {
  AttemptStatus,
  BuyerView,
  Certainty,
  Locale,
  PaymentFlag,
  PaymentModel,
  PaymentStatus,
} from "@kineticpay/contract/payment";

/** Which API asked for the payment; it decides the form of callbacks and of the buyer's way back. */
export type Protocol = "v2" | "wire";

/** One thing to be paid, under the merchant's own reference. A payment may take several attempts. */
export interface Payment {
  readonly id: string;
  readonly merchantId: string;
  readonly collectionId: string;
  readonly checkoutId: string;
  readonly protocol: Protocol;
  readonly apiKeyId: string;
  /** As the buyer is shown it. */
  readonly merchantName: string;
  readonly invoice: string;
  readonly amountSen: number;
  readonly description: string;
  readonly model: PaymentModel | null;
  readonly bankId: string | null;
  readonly buyer: BuyerView;
  readonly successUrl: string;
  readonly failureUrl: string;
  readonly callbackUrl: string | null;
  readonly locale: Locale;
  readonly metadata: Meta;
  readonly status: PaymentStatus;
  readonly certainty: Certainty;
  readonly claimsInvoice: boolean;
  readonly flags: readonly PaymentFlag[];
  readonly attemptCount: number;
  readonly eventCount: number;
  readonly paidAttemptId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date;
  readonly paidAt: Date | null;
  readonly closedAt: Date | null;
}

/** One buyer sent to one bank. */
export interface Attempt {
  readonly id: string;
  readonly merchantId: string;
  readonly paymentId: string;
  readonly number: number;
  readonly rail: string;
  readonly model: PaymentModel;
  readonly bankId: string;
  readonly bankName: string;
  readonly orderNumber: string;
  readonly sent: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, string>>;
  readonly locale: Locale;
  readonly status: AttemptStatus;
  readonly certainty: Certainty;
  readonly railCode: string;
  readonly reason: string;
  readonly railTransactionId: string;
  readonly details: Readonly<Record<string, string>>;
  readonly uncertainCount: number;
  readonly notFoundCount: number;
  readonly enquiryCount: number;
  readonly nextEnquiryAt: Date | null;
  readonly browserReturnedAt: Date | null;
  readonly createdAt: Date;
  readonly concludedAt: Date | null;
}

/** An attempt of which more is to be heard. */
export function isInFlight(attempt: Attempt): boolean {
  return attempt.status === "in_flight" || attempt.status === "awaiting_approval";
}

/** The reason of an attempt that was given up because the network had not heard of it. */
export const neverReached = "never_reached_bank";

/** An attempt that failed without the network having said so: what it says later is news, and contradicts nothing. */
export function isGivenUp(attempt: Attempt): boolean {
  return attempt.status === "failed" && attempt.reason === neverReached;
}

/** A payment that money can still be asked for. */
export function isUnpaid(payment: Payment): boolean {
  return payment.status === "open" || payment.status === "processing" || payment.status === "awaiting_approval";
}

/**
 * What an unpaid payment's status is, given its attempts. Nothing else decides it, so a payment cannot say one thing
 * and its attempts another.
 */
export function statusFromAttempts(attempts: readonly Attempt[]): { status: PaymentStatus; certainty: Certainty } {
  const flying = attempts.filter((attempt) => attempt.status === "in_flight").at(-1);
  if (flying !== undefined)
    return { status: "processing", certainty: flying.certainty === "provisional" ? "provisional" : "unknown" };
  if (attempts.some((attempt) => attempt.status === "awaiting_approval")) {
    return { status: "awaiting_approval", certainty: "provisional" };
  }
  return { status: "open", certainty: "final" };
}

/** A payment with its attempts, both as they were at one moment. */
export interface PaymentWithAttempts {
  readonly payment: Payment;
  readonly attempts: readonly Attempt[];
}
