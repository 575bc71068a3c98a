import type { AttemptOutcome } from "@kineticpay/contract/webhook-delivery";
import type { Gateway } from "../gateway.ts";
import { OutboundError, type OutboundResponse } from "../seams/outbound.ts";
import { compose } from "./compose.ts";
import type { LeasedDelivery } from "./lease.ts";
import { readRetryAfter } from "./retry-after.ts";
import { answerBytes, showAnswer } from "./show-answer.ts";

/** From the first packet to the status; and what an answer's text may take beyond it, which changes nothing any more. */
const timeoutMs = 15_000;
const answerWithinMs = 1_000;

/** What became of one attempt. */
export interface AttemptResult {
  readonly delivery: LeasedDelivery;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly outcome: AttemptOutcome;
  readonly status: number | null;
  /** A sentence for the merchant's developer. */
  readonly message: string;
  readonly answer: { readonly text: string; readonly truncated: boolean };
  readonly retryAfterS: number | null;
  /** True when it was not sent, and never will be. */
  readonly isDropped?: boolean;
}

type Known = Omit<AttemptResult, "delivery" | "startedAt" | "durationMs">;

const unanswered = { status: null, answer: { text: "", truncated: false }, retryAfterS: null } as const;

const outcomeOfError: Readonly<Record<OutboundError["kind"], AttemptOutcome>> = {
  timeout: "timed_out",
  unreachable: "unreachable",
  target_refused: "blocked",
};

/** Only 2xx acknowledges. A redirect is not followed: it would lead to somewhere that nobody entered. */
function outcomeOfStatus(status: number): AttemptOutcome {
  if (status >= 200 && status < 300) return "delivered";
  if (status === 410) return "gone";
  return status >= 300 && status < 400 ? "redirected" : "rejected";
}

function judge(gateway: Gateway, answer: OutboundResponse): Known {
  const { status } = answer;
  return {
    outcome: outcomeOfStatus(status),
    status,
    message: `answered ${status}`,
    answer: showAnswer(answer.body, !answer.truncated),
    retryAfterS: readRetryAfter(answer.headers["retry-after"], gateway.clock.now()) ?? null,
  };
}

async function attempt(gateway: Gateway, delivery: LeasedDelivery, at: Date): Promise<Known> {
  try {
    const { headers, body } = await compose(gateway, delivery, at);
    const limits = { timeoutMs, maximumBytes: answerBytes, answerWithinMs };
    const { url } = delivery;
    return judge(gateway, await gateway.outbound.post({ name: "callbacks.deliver", url, headers, body, ...limits }));
  } catch (error) {
    if (error instanceof OutboundError) {
      return { ...unanswered, outcome: outcomeOfError[error.kind], message: error.message };
    }
    gateway.log.error({ err: error, delivery: delivery.id }, "a callback could not be composed");
    return { ...unanswered, outcome: "not_sent", message: "the callback could not be composed" };
  }
}

/** Sends a leased delivery once. Never rejects: whatever happened is the result. */
export async function sendDelivery(gateway: Gateway, delivery: LeasedDelivery): Promise<AttemptResult> {
  const startedAt = gateway.clock.now();
  const began = performance.now();
  if (delivery.superseded) {
    const message = "gave way to a later outcome of its payment";
    return { ...unanswered, delivery, startedAt, durationMs: 0, outcome: "not_sent", message, isDropped: true };
  }
  const known = await attempt(gateway, delivery, startedAt);
  return { ...known, delivery, startedAt, durationMs: Math.round(performance.now() - began) };
}
