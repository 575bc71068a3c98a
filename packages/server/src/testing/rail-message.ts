import { createHash } from "node:crypto";
import type { Attempt } from "../payments/payment.ts";
import type { Outcome, RailMessage, Verdict } from "../rails/rail.ts";

const codeOf: Readonly<Record<Outcome, string>> = {
  succeeded: "00",
  pending: "09",
  awaiting_approval: "99",
  failed: "51",
  uncertain: "96",
  not_found: "76",
};

/** What the rail hands to the one door after it has verified a message about this attempt. */
export function railMessage(attempt: Attempt, outcome: Outcome, more: Partial<Verdict> = {}): RailMessage {
  const code = more.code ?? codeOf[outcome];
  const verdict: Verdict = {
    outcome,
    code,
    reason: `reason_${code}`,
    knownCode: true,
    creditUnconfirmed: false,
    transactionId: outcome === "not_found" ? "" : "2611230000000001",
    details: {},
    ...more,
  };
  const body = JSON.stringify({ order: attempt.orderNumber, verdict });
  return {
    orderNumber: attempt.orderNumber,
    facts: attempt.facts,
    verdict,
    body,
    certificate: createHash("sha256").update("test").digest("hex"),
  };
}
