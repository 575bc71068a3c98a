import type { Meta } from "./errors/entry.ts";

export const paymentStatuses = ["open", "processing", "awaiting_approval", "paid", "expired", "cancelled"] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];

/** How sure the gateway is of the status: `unknown` and `provisional` may still change, `final` changes only by a new act. */
export const certainties = ["final", "provisional", "unknown"] as const;
export type Certainty = (typeof certainties)[number];

export const paymentModels = ["b2c", "b2b1"] as const;
export type PaymentModel = (typeof paymentModels)[number];

export const locales = ["en", "ms"] as const;
export type Locale = (typeof locales)[number];

export const paymentFlags = ["late_success", "duplicate_success", "credit_unconfirmed"] as const;
export type PaymentFlag = (typeof paymentFlags)[number];

export const attemptStatuses = ["in_flight", "awaiting_approval", "succeeded", "failed"] as const;
export type AttemptStatus = (typeof attemptStatuses)[number];

export interface AttemptView {
  readonly id: string;
  readonly number: number;
  readonly status: AttemptStatus;
  readonly model: PaymentModel;
  readonly bank: string;
  readonly bank_name: string;
  /** The rail's own code, "" before the rail has said anything. */
  readonly rail_code: string;
  /** A stable word for the outcome, such as `insufficient_funds`; "" before any. */
  readonly reason: string;
  readonly message: string;
  readonly buyer_message: { readonly en: string; readonly ms: string };
  readonly rail_transaction_id: string;
  readonly order_number: string;
  readonly created_at: string;
  readonly concluded_at: string | null;
}

export interface BuyerView {
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
}

/** A payment as the v2 API shows it. Amounts in sen, times in RFC 3339 UTC. */
export interface PaymentView {
  readonly id: string;
  readonly object: "payment";
  readonly collection: string;
  readonly amount: number;
  readonly currency: "MYR";
  readonly invoice: string;
  readonly description: string;
  readonly status: PaymentStatus;
  readonly certainty: Certainty;
  readonly next_check_at: string | null;
  readonly flags: readonly PaymentFlag[];
  readonly model: PaymentModel | null;
  readonly bank: string | null;
  readonly buyer: BuyerView;
  readonly success_url: string;
  readonly failure_url: string;
  readonly callback_url: string | null;
  readonly checkout_url: string;
  readonly locale: Locale;
  readonly metadata: Meta;
  readonly attempts: readonly AttemptView[];
  readonly created_at: string;
  readonly updated_at: string;
  readonly expires_at: string;
  readonly paid_at: string | null;
}
