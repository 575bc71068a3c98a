import type { PaymentEventType } from "@kineticpay/contract/events/catalogue";
import type { PaymentFlag } from "@kineticpay/contract/payment";
import type { LedgerKind } from "../ledger/posting.ts";
import type { Verdict } from "../rails/rail.ts";
import { type Attempt, isGivenUp, isUnpaid, neverReached, type Payment, statusFromAttempts } from "./payment.ts";

/** How a message came. The browser's copy is signed too, but may be replayed or withheld, so it only hints. */
export type Route = "direct" | "indirect" | "enquiry";

export type CaseKind =
  | "contradiction"
  | "facts_differ"
  | "duplicate_success"
  | "late_success"
  | "credit_unconfirmed"
  | "unknown_code"
  | "vanished_at_exchange"
  | "unresolved";

/** Everything that one message changes; applied in one transaction. */
export interface Decision {
  /** A word for the record of messages. */
  readonly effect: string;
  readonly attempt: Attempt;
  readonly payment: Payment;
  readonly booking: LedgerKind | undefined;
  readonly events: readonly PaymentEventType[];
  readonly cases: readonly CaseKind[];
}

export interface Situation {
  readonly payment: Payment;
  /** All attempts of the payment, by number. */
  readonly attempts: readonly Attempt[];
  /** The one that the message is about. */
  readonly attempt: Attempt;
  readonly route: Route;
  readonly verdict: Verdict;
  /** True when another payment of the same invoice has been paid. */
  readonly invoicePaidElsewhere: boolean;
  readonly now: Date;
  readonly neverReachedAfterMs: number;
}

const uncertainEnquiriesToClose = 2;
const notFoundEnquiriesToClose = 3;
const uncertainRecheckMs = 30_000;

interface Parts {
  readonly effect: string;
  readonly attempt?: Partial<Attempt>;
  readonly payment?: Partial<Payment>;
  readonly booking?: LedgerKind;
  readonly events?: readonly PaymentEventType[];
  readonly cases?: readonly CaseKind[];
}

/** Puts a decision together and lets the payment's status follow from its attempts. */
function decision(situation: Situation, parts: Parts): Decision {
  const { now } = situation;
  // Once the network has numbered an order it knows it, whatever it says later.
  const railTransactionId = situation.attempt.railTransactionId || situation.verdict.transactionId;
  const attempt: Attempt = { ...situation.attempt, railTransactionId, ...parts.attempt };
  const attempts = situation.attempts.map((each) => (each.id === attempt.id ? attempt : each));
  const before = situation.payment;
  const followed = isUnpaid(before) ? { ...before, ...statusFromAttempts(attempts) } : before;
  const after: Payment = { ...followed, ...parts.payment };
  const events = [...(parts.events ?? [])];
  if (after.status !== before.status && after.status === "awaiting_approval")
    events.unshift("payment.awaiting_approval");
  const changed = events.length > 0 || after.status !== before.status || after.certainty !== before.certainty;
  return {
    effect: parts.effect,
    attempt,
    payment: changed ? { ...after, updatedAt: now } : after,
    booking: parts.booking,
    events,
    cases: parts.cases ?? [],
  };
}

function flagged(payment: Payment, ...flags: readonly PaymentFlag[]): readonly PaymentFlag[] {
  return [...new Set([...payment.flags, ...flags])];
}

function concluded(verdict: Verdict, status: "succeeded" | "failed", now: Date): Partial<Attempt> {
  return {
    status,
    certainty: "final",
    railCode: verdict.code,
    reason: verdict.reason,
    details: verdict.details,
    nextEnquiryAt: null,
    concludedAt: now,
  };
}

function onSucceeded(situation: Situation): Decision {
  const { payment, attempt, verdict, now } = situation;
  if (attempt.status === "succeeded") return decision(situation, { effect: "repeated" });
  const unconfirmed = verdict.creditUnconfirmed;
  const cases: CaseKind[] = unconfirmed ? ["credit_unconfirmed"] : [];
  const flags: PaymentFlag[] = unconfirmed ? ["credit_unconfirmed"] : [];
  if (payment.status === "paid") {
    return decision(situation, {
      effect: "duplicate_success",
      attempt: concluded(verdict, "succeeded", now),
      payment: { flags: flagged(payment, "duplicate_success", ...flags) },
      booking: "duplicate",
      events: ["payment.duplicate_success"],
      cases: ["duplicate_success", ...cases],
    });
  }
  const late = !isUnpaid(payment);
  const again = situation.invoicePaidElsewhere;
  const paid: Partial<Payment> = {
    status: "paid",
    certainty: "final",
    paidAttemptId: attempt.id,
    paidAt: now,
    flags: flagged(
      payment,
      ...flags,
      ...(late ? (["late_success"] as const) : []),
      ...(again ? (["duplicate_success"] as const) : []),
    ),
  };
  return decision(situation, {
    effect: late ? "late_success" : "paid",
    attempt: concluded(verdict, "succeeded", now),
    payment: paid,
    booking: again ? "duplicate" : "payment",
    events: [
      "payment.paid",
      ...(late ? (["payment.late_success"] as const) : []),
      ...(again ? (["payment.duplicate_success"] as const) : []),
    ],
    cases: [...(late ? (["late_success"] as const) : []), ...(again ? (["duplicate_success"] as const) : []), ...cases],
  });
}

/** A message that disagrees with what was concluded: ask once more, tell a person, change nothing. */
function contradiction(situation: Situation): Decision {
  const ask = situation.route === "enquiry" ? {} : { nextEnquiryAt: situation.now };
  return decision(situation, { effect: "contradicts", attempt: ask, cases: ["contradiction"] });
}

function onFailed(situation: Situation): Decision {
  const { attempt, verdict, now } = situation;
  if (attempt.status === "succeeded") return contradiction(situation);
  if (attempt.status === "failed") {
    return attempt.railCode === verdict.code ? decision(situation, { effect: "repeated" }) : contradiction(situation);
  }
  return decision(situation, {
    effect: "failed",
    attempt: concluded(verdict, "failed", now),
    events: ["payment.attempt_failed"],
  });
}

function onUncertain(situation: Situation): Decision {
  const { attempt, verdict, now, route } = situation;
  if (attempt.status === "succeeded") return contradiction(situation);
  if (attempt.status === "failed") {
    return attempt.railCode === verdict.code ? decision(situation, { effect: "repeated" }) : contradiction(situation);
  }
  const uncertainCount = attempt.uncertainCount + (route === "enquiry" ? 1 : 0);
  if (uncertainCount >= uncertainEnquiriesToClose) {
    return decision(situation, {
      effect: "failed",
      attempt: { ...concluded(verdict, "failed", now), uncertainCount },
      events: ["payment.attempt_failed"],
    });
  }
  return decision(situation, {
    effect: "uncertain",
    attempt: {
      uncertainCount,
      certainty: "provisional",
      railCode: verdict.code,
      reason: verdict.reason,
      nextEnquiryAt: new Date(now.getTime() + uncertainRecheckMs),
    },
  });
}

/**
 * The network does not know the order: it was never reached, unless it once said otherwise. It is asked about later all the same,
 * since a page that a phone had put to sleep may take its buyer there after all.
 */
function onNotFound(situation: Situation): Decision {
  const { attempt, verdict, now, route, neverReachedAfterMs } = situation;
  if (attempt.status === "succeeded" || attempt.status === "failed") return decision(situation, { effect: "ignored" });
  if (attempt.railTransactionId !== "" || verdict.transactionId !== "" || attempt.status === "awaiting_approval") {
    return decision(situation, { effect: "vanished", cases: ["vanished_at_exchange"] });
  }
  const notFoundCount = attempt.notFoundCount + (route === "enquiry" ? 1 : 0);
  const old = now.getTime() - attempt.createdAt.getTime() >= neverReachedAfterMs;
  if (notFoundCount >= notFoundEnquiriesToClose && old) {
    return decision(situation, {
      effect: "failed",
      attempt: {
        ...{ ...concluded(verdict, "failed", now), reason: neverReached, notFoundCount },
        nextEnquiryAt: new Date(now.getTime() + neverReachedAfterMs),
      },
      events: ["payment.attempt_failed"],
    });
  }
  return decision(situation, { effect: "not_found", attempt: { notFoundCount } });
}

function onPending(situation: Situation): Decision {
  const { attempt, verdict } = situation;
  const cases: CaseKind[] = verdict.knownCode ? [] : ["unknown_code"];
  if (attempt.status !== "in_flight") return decision(situation, { effect: "ignored", cases });
  return decision(situation, {
    effect: "pending",
    attempt: { certainty: "unknown", railCode: verdict.code, reason: verdict.reason },
    cases,
  });
}

function onAwaitingApproval(situation: Situation): Decision {
  const { attempt, verdict } = situation;
  if (attempt.status !== "in_flight") return decision(situation, { effect: "ignored" });
  return decision(situation, {
    effect: "awaiting_approval",
    attempt: { status: "awaiting_approval", certainty: "provisional", railCode: verdict.code, reason: verdict.reason },
  });
}

/** The browser's word settles nothing: it makes an attempt in flight provisional, and has the network asked at once. */
function onBrowser(situation: Situation): Decision {
  const { attempt, verdict, now } = situation;
  if (attempt.status === "succeeded") {
    const disagrees = verdict.outcome === "failed" || verdict.outcome === "uncertain";
    return disagrees ? contradiction(situation) : decision(situation, { effect: "ignored" });
  }
  if (attempt.status === "failed") {
    return verdict.outcome === "succeeded" ? contradiction(situation) : decision(situation, { effect: "ignored" });
  }
  if (attempt.status === "awaiting_approval" && verdict.outcome === "awaiting_approval") {
    return decision(situation, { effect: "repeated" });
  }
  const hint =
    verdict.outcome === "succeeded" || verdict.outcome === "failed" || verdict.outcome === "awaiting_approval";
  return decision(situation, {
    effect: "hint",
    attempt: { certainty: hint ? "provisional" : attempt.certainty, nextEnquiryAt: now },
  });
}

/** The bank's own reason takes the place of ours. Nobody is told once more that the attempt failed. */
function explained(situation: Situation): Decision {
  const { attempt, verdict, now } = situation;
  return decision(situation, {
    effect: "explained",
    attempt: concluded(verdict, "failed", attempt.concludedAt ?? now),
    payment: { updatedAt: now },
  });
}

/**
 * The network knows the attempt after all and does not say that it has failed: it is in flight again, and asked about like any
 * other. What the message says of it then counts as if it had never been given up.
 */
function reopened(situation: Situation): Decision {
  const { attempt, route, now } = situation;
  const again: Attempt = {
    ...{ ...attempt, status: "in_flight", certainty: "unknown", railCode: "", reason: "", uncertainCount: 0 },
    ...{ concludedAt: null, nextEnquiryAt: route === "enquiry" ? (attempt.nextEnquiryAt ?? now) : now },
  };
  const after = decideByOutcome({ ...situation, attempt: again });
  const isProcessing = isUnpaid(after.payment) && after.attempt.status === "in_flight";
  return {
    ...after,
    effect: "reopened",
    payment: { ...after.payment, updatedAt: now },
    events: isProcessing ? ["payment.processing", ...after.events] : after.events,
  };
}

/** What is said of an attempt that was given up, since nobody had ever said anything of it. */
function onGivenUp(situation: Situation): Decision {
  const { attempt, route, verdict, now } = situation;
  if (route !== "indirect" && verdict.outcome === "succeeded") return onSucceeded(situation);
  if (route !== "indirect" && verdict.outcome === "failed") return explained(situation);
  // Only what the network has numbered does it know. Else it could be denied, given up and taken up again without end.
  if (attempt.railTransactionId !== "" || verdict.transactionId !== "") return reopened(situation);
  return decision(situation, { effect: "ignored", attempt: route === "enquiry" ? {} : { nextEnquiryAt: now } });
}

function decideByOutcome(situation: Situation): Decision {
  if (situation.route === "indirect") return onBrowser(situation);
  switch (situation.verdict.outcome) {
    case "succeeded":
      return onSucceeded(situation);
    case "failed":
      return onFailed(situation);
    case "uncertain":
      return onUncertain(situation);
    case "not_found":
      return onNotFound(situation);
    case "awaiting_approval":
      return onAwaitingApproval(situation);
    case "pending":
      return onPending(situation);
  }
}

/**
 * What an authentic message changes. Pure: the same situation always gives the same decision, and no order or
 * repetition of messages settles a payment twice or takes it back.
 */
export function decide(situation: Situation): Decision {
  return isGivenUp(situation.attempt) ? onGivenUp(situation) : decideByOutcome(situation);
}
