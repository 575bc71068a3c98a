import type { AttemptView, Locale, PaymentModel, PaymentView } from "@kineticpay/contract/payment";
import { type Attempt, isInFlight, type Payment } from "../../payments/payment.ts";
import { decisiveAttempt } from "../../payments/transaction-record.ts";
import { formatMoment, formatReceiptTime } from "./format.ts";
import type {
  ApprovalView,
  AttemptNote,
  EndedView,
  PendingView,
  ReceiptView,
  WarningView,
  Watch,
} from "./view-model.ts";

/** Everything that the page of a payment can depend on, apart from the list of banks. */
export interface PageFacts {
  readonly payment: Payment;
  readonly attempts: readonly Attempt[];
  /** The payment as the API shows it, for the words that belong to a code. */
  readonly shown: PaymentView;
  readonly locale: Locale;
  readonly now: Date;
  /** What the buyer asked to see: to choose again, or the warning before paying again. */
  readonly step: unknown;
  readonly warned: { readonly bankId: string; readonly bankName: string; readonly model: PaymentModel };
  /** True when the buyer would rather not be sent on. */
  readonly stay: boolean;
}

const slowAfterMs = 5 * 60_000;
const receiptPauseS = 10;

/** One attempt in its buyer's words. */
export function attemptNote(facts: Pick<PageFacts, "shown" | "locale">, attempt: Attempt): AttemptNote {
  const view: AttemptView | undefined = facts.shown.attempts.find((each) => each.id === attempt.id);
  return {
    bankId: attempt.bankId,
    bankName: attempt.bankName,
    model: attempt.model,
    startedAt: formatMoment(facts.locale, attempt.createdAt),
    message: view?.buyer_message[facts.locale] ?? "",
  };
}

/** Changes whenever the payment's page would. */
export function pageVersion(payment: Payment): string {
  return `${payment.eventCount}.${payment.attemptCount}.${payment.updatedAt.getTime()}`;
}

function ageMs(facts: PageFacts, attempt: Attempt): number {
  return facts.now.getTime() - attempt.createdAt.getTime();
}

/** Without scripts a page loads itself again: soon while the answer is expected, rarely when it is long in coming. */
function watch(facts: PageFacts, attempt: Attempt): Watch {
  const age = ageMs(facts, attempt);
  const refreshS = age < 3 * 60_000 ? 5 : age < 15 * 60_000 ? 20 : 120;
  return { status: facts.payment.status, version: pageVersion(facts.payment), refreshS };
}

function pending(facts: PageFacts, attempt: Attempt): PendingView {
  const last = facts.attempts.at(-1);
  return {
    kind: "pending",
    attempt: attemptNote(facts, attempt),
    provisional: attempt.certainty === "provisional",
    slow: ageMs(facts, attempt) > slowAfterMs,
    failedSince: last?.status === "failed" ? attemptNote(facts, last) : undefined,
    watch: watch(facts, attempt),
  };
}

function approval(facts: PageFacts, attempt: Attempt): ApprovalView {
  return {
    kind: "approval",
    attempt: attemptNote(facts, attempt),
    reference: attempt.railTransactionId || attempt.orderNumber,
    watch: { ...watch(facts, attempt), refreshS: 120 },
  };
}

function warning(facts: PageFacts, attempt: Attempt): WarningView {
  const isUnknownToNetwork = attempt.notFoundCount > 0 && attempt.railTransactionId === "";
  const waits = attempt.status === "awaiting_approval";
  return {
    kind: "warning",
    attempt: attemptNote(facts, attempt),
    doubt: waits ? "approval" : isUnknownToNetwork ? "not_found" : "unknown",
    ...facts.warned,
  };
}

/** When the network says that the payment was made; else when we heard of it. */
function paidAt(payment: Payment, attempt: Attempt | undefined): Date {
  const told = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(attempt?.details["fpxTime"] ?? "");
  if (told !== null) {
    const [, year, month, day, hour, minute, second] = told;
    const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`);
    if (!Number.isNaN(at.getTime())) return at;
  }
  return attempt?.concludedAt ?? payment.paidAt ?? payment.updatedAt;
}

function receipt(facts: PageFacts): ReceiptView {
  const { payment, attempts, locale } = facts;
  const attempt = decisiveAttempt(payment, attempts);
  const succeeded = attempts.filter((each) => each.status === "succeeded");
  const sellerOrder = attempt?.facts["seller_order"] ?? payment.invoice;
  const isFirstVisit = attempt !== undefined && attempt.browserReturnedAt === null;
  return {
    kind: "receipt",
    paidAt: formatReceiptTime(locale, paidAt(payment, attempt)),
    transactionId: attempt?.railTransactionId ?? "",
    bankName: attempt?.bankName ?? "",
    orderAtBank: sellerOrder === payment.invoice ? "" : sellerOrder,
    late: payment.flags.includes("late_success"),
    duplicates: payment.flags.includes("duplicate_success") ? succeeded.map((each) => each.railTransactionId) : [],
    continueS: isFirstVisit && !facts.stay && payment.protocol === "v2" ? receiptPauseS : 0,
  };
}

function ended(facts: PageFacts, why: "expired" | "cancelled"): EndedView {
  const last = facts.attempts.at(-1);
  return { kind: "ended", why, attempt: last === undefined ? undefined : attemptNote(facts, last) };
}

/** True when nothing can be begun any more, though the job that says so may not have run yet. */
export function isOverdue(payment: Payment, attempts: readonly Attempt[], now: Date): boolean {
  return payment.status === "open" && payment.expiresAt <= now && !attempts.some(isInFlight);
}

/**
 * What the payment's page shows. Pure.
 * @returns undefined when it is the list of banks, which must be fetched first
 */
export function buildView(
  facts: PageFacts,
): PendingView | WarningView | ApprovalView | ReceiptView | EndedView | undefined {
  const { payment, attempts, step } = facts;
  if (payment.status === "paid") return receipt(facts);
  if (payment.status === "expired" || payment.status === "cancelled") return ended(facts, payment.status);
  if (isOverdue(payment, attempts, facts.now)) return ended(facts, "expired");
  const flying = attempts.filter(isInFlight);
  const current = flying.filter((attempt) => attempt.status === "in_flight").at(-1) ?? flying.at(-1);
  if (current === undefined || step === "retry") return undefined;
  if (step === "confirm" && facts.warned.bankId !== "") return warning(facts, current);
  return current.status === "awaiting_approval" ? approval(facts, current) : pending(facts, current);
}
