import type { Locale, PaymentModel, PaymentStatus } from "@kineticpay/contract/payment";
import type { PageParams, PeriodParams } from "./list-params.ts";

/** Your own facts about a payment: up to 50 names, each with text of up to 500 characters, a number, true, false or null. */
export type Metadata = Readonly<Record<string, string | number | boolean | null>>;

/** Who pays, as far as you know. */
export interface BuyerParams {
  /** Up to 120 characters, such as `"Siti binti Ahmad"`. */
  readonly name?: string | undefined;
  /** Such as `"siti@example.com"`. */
  readonly email?: string | undefined;
  /** Such as `"+60 12-345 6789"`. */
  readonly phone?: string | undefined;
}

/** What a payment is to be. Amounts in sen, times in seconds. */
export interface PaymentCreateParams {
  /** Whole sen, 1 to 1,000,000,000: 1250 is RM 12.50. `sen("12.50")` makes it of text. */
  readonly amount: number;
  /** Always `"MYR"`. */
  readonly currency?: "MYR" | undefined;
  /** Your own reference for what is paid, 1 to 64 characters. One invoice has one live payment. */
  readonly invoice: string;
  /** What is being paid for, up to 1,000 characters; the bank shows the first 30. */
  readonly description?: string | undefined;
  readonly buyer?: BuyerParams | undefined;
  /** An FPX bank id of `banks.list()`, to spare the buyer the choice. */
  readonly bank?: string | undefined;
  /** `"b2c"` for a personal account or `"b2b1"` for a company account. */
  readonly model?: PaymentModel | undefined;
  /** Where the buyer goes after paying. Proves nothing: deliver on `payment.paid`. */
  readonly success_url: string;
  /** Where the buyer goes without having paid. */
  readonly failure_url: string;
  /** Where the gateway posts the outcome, signed. */
  readonly callback_url?: string | undefined;
  /** Whole seconds from now, 1 to 2,592,000 (30 days). */
  readonly expires_in?: number | undefined;
  readonly metadata?: Metadata | undefined;
  /** The language of the checkout page to begin with. */
  readonly locale?: Locale | undefined;
}

/** What of a payment is to change; what is left out stays as it is. */
export interface PaymentUpdateParams {
  /** Up to 1,000 characters. */
  readonly description?: string | undefined;
  /** Replaces what was there. */
  readonly metadata?: Metadata | undefined;
  readonly buyer?: BuyerParams | undefined;
  /** Whole seconds from now, 1 to 2,592,000 (30 days). */
  readonly expires_in?: number | undefined;
}

/** Which payments to list. */
export interface PaymentListParams extends PageParams, PeriodParams {
  readonly status?: PaymentStatus | undefined;
  readonly invoice?: string | undefined;
}
