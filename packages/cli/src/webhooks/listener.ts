import { setTimeout as pause } from "node:timers/promises";
import type { KineticPayEvent } from "kineticpay";
import type { Context } from "../context.ts";
import { answerLine } from "../terminal/answer.ts";
import type { Paint } from "../terminal/paint.ts";
import { isAccepted, type Posted, postWebhook } from "./post-webhook.ts";
import { signedHeaders } from "./sign.ts";

const firstPauseMs = 500;
const longestPauseMs = 10_000;

function statusWords(posted: Posted, paint: Paint): string {
  if (posted.status === undefined) return paint("red", `no answer: ${posted.answer}`);
  return paint(isAccepted(posted) ? "green" : "red", String(posted.status));
}

/** One delivery, as it is shown: when, what, where to, and what the shop said. */
export function tellDelivery(context: Context, event: KineticPayEvent, url: string | undefined, posted?: Posted): void {
  const { paint } = context.terminal;
  const told = {
    type: "delivery",
    event: event.id,
    event_type: event.type,
    payment: event.payment,
    created_at: event.created_at,
    url: url ?? null,
    status: posted?.status ?? null,
    duration_ms: posted?.durationMs ?? null,
    answer: posted?.answer ?? null,
  };
  answerLine(context, told, () => {
    const head = `${paint("dim", event.created_at.slice(11, 19))}  ${event.type.padEnd(26)} ${event.id}`;
    if (posted === undefined) return head;
    const line = `${head}  ${statusWords(posted, paint)}  ${paint("dim", `${posted.durationMs} ms`)}`;
    return isAccepted(posted) || posted.status === undefined ? line : `${line}  ${posted.answer}`;
  });
}

/**
 * Forwards an event and says what became of it. A shop that nobody runs is waited for: its events come when it is there.
 * An answer is an answer: what the shop refuses is shown, and not sent again.
 */
export async function forward(context: Context, event: KineticPayEvent, url: string, secret: string): Promise<Posted> {
  const body = JSON.stringify(event);
  let pauseMs = firstPauseMs;
  for (;;) {
    const posted = await postWebhook(url, signedHeaders(secret, event.id, body), body, context.signal);
    if (posted.status !== undefined || pauseMs === firstPauseMs) tellDelivery(context, event, url, posted);
    if (posted.status !== undefined) return posted;
    if (pauseMs === firstPauseMs)
      context.terminal.say(`Waiting for ${new URL(url).origin}; this event comes again then.`);
    await pause(pauseMs, undefined, { signal: context.signal });
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}
