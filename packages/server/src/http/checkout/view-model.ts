import type { Locale, PaymentModel, PaymentStatus } from "@kineticpay/contract/payment";

/** A way to reach whoever runs the gateway. */
export interface ContactLink {
  readonly text: string;
  readonly href: string;
}

/** What every page of one payment shows around its own matter. */
export interface Frame {
  readonly locale: Locale;
  /** Path of the payment's page, and the stem of its forms' addresses. */
  readonly base: string;
  /** The same page in the other language. */
  readonly switchHref: string;
  readonly merchantName: string;
  readonly amount: string;
  readonly invoice: string;
  readonly description: string;
  /** The payment's id: what a buyer can quote. */
  readonly reference: string;
  readonly sandbox: boolean;
  readonly contacts: readonly ContactLink[];
}

export interface BankTile {
  readonly id: string;
  readonly name: string;
  readonly online: boolean;
  readonly selected: boolean;
}

export interface AccountTab {
  readonly model: PaymentModel;
  readonly href: string;
  readonly current: boolean;
}

/** An attempt as told to its buyer. */
export interface AttemptNote {
  readonly bankId: string;
  readonly bankName: string;
  readonly model: PaymentModel;
  readonly startedAt: string;
  readonly message: string;
}

export interface BankChoiceView {
  readonly kind: "bank_choice";
  readonly model: PaymentModel;
  /** Empty when there is nothing to choose between; then `onlyModel` says why. */
  readonly tabs: readonly AccountTab[];
  readonly onlyModel: string;
  readonly banks: readonly BankTile[];
  /** When the network gave the list; "" when it could not be asked. */
  readonly asOf: string;
  readonly limits: string;
  readonly deadline: string;
  readonly problem: string;
  readonly failed: AttemptNote | undefined;
  /** An earlier attempt that may still go through. */
  readonly undecided: AttemptNote | undefined;
  /** False when nothing can be begun any more, whatever the buyer chooses. */
  readonly canPay: boolean;
}

/** How a page that waits learns that there is news. */
export interface Watch {
  readonly status: PaymentStatus;
  readonly version: string;
  /** Seconds until a browser without scripts loads the page again. */
  readonly refreshS: number;
}

export interface PendingView {
  readonly kind: "pending";
  readonly attempt: AttemptNote;
  readonly provisional: boolean;
  readonly slow: boolean;
  /** A newer attempt that failed while this one, older, is still undecided. */
  readonly failedSince: AttemptNote | undefined;
  readonly watch: Watch;
}

export interface WarningView {
  readonly kind: "warning";
  readonly attempt: AttemptNote;
  readonly doubt: "unknown" | "not_found" | "approval";
  /** What the buyer wants to pay with instead. */
  readonly bankId: string;
  readonly bankName: string;
  readonly model: PaymentModel;
}

export interface ApprovalView {
  readonly kind: "approval";
  readonly attempt: AttemptNote;
  readonly reference: string;
  readonly watch: Watch;
}

export interface ReceiptView {
  readonly kind: "receipt";
  readonly paidAt: string;
  readonly transactionId: string;
  readonly bankName: string;
  /** The seller order number as the bank showed it, where it had to differ from the merchant's. */
  readonly orderAtBank: string;
  readonly late: boolean;
  /** FPX numbers of every payment that went through, when there is more than one. */
  readonly duplicates: readonly string[];
  /** Seconds until the buyer is sent on; 0 leaves the page alone. */
  readonly continueS: number;
}

export interface EndedView {
  readonly kind: "ended";
  readonly why: "expired" | "cancelled";
  readonly attempt: AttemptNote | undefined;
}

/** What the one page of a payment shows, by the payment's state. */
export type PaymentPageView = BankChoiceView | PendingView | WarningView | ApprovalView | ReceiptView | EndedView;

export type TroubleKind = "not_found" | "refused" | "bad_return" | "busy" | "broken" | "unavailable";
