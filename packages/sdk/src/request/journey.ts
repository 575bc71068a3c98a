import type { KineticPayError } from "../errors/kineticpay-error.ts";
import { type Call, isWrite } from "./call.ts";
import { checkedCount, longestTimerMs } from "./checked-count.ts";
import type { Connection } from "./connection.ts";
import { lowerCased } from "./header-names.ts";
import type { CallEvent } from "./hooks.ts";
import { redactUrl } from "./redact.ts";

/** A call on its way, through all of its attempts. */
export interface Journey {
  readonly connection: Connection;
  readonly call: Call;
  readonly callId: number;
  readonly url: string;
  readonly body: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly startedMs: number;
  readonly deadlineMs: number;
  readonly maxRetries: number;
  attempts: number;
  /** What the last attempt failed with. */
  lastError: KineticPayError | undefined;
}

/** `performance` is there wherever `fetch` is, and does not jump when a clock is set. */
export const nowMs = () => performance.now();

function urlOf(connection: Connection, call: Call): string {
  const address = `${connection.baseUrl}${call.path}`;
  if (call.query === undefined && call.options?.validateOnly !== true) return address;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) query.set(name, String(value));
  }
  if (call.options?.validateOnly === true) query.set("validate_only", "true");
  const text = query.toString();
  return text === "" ? address : `${address}?${text}`;
}

/** The gateway heeds a key on POST and PATCH; PUT is safe to repeat as it is, and a validation does nothing. */
function idempotencyKeyOf(call: Call): string | undefined {
  if (!isWrite(call) || call.method === "PUT") return undefined;
  const { idempotencyKey, headers } = call.options ?? {};
  return idempotencyKey ?? lowerCased(headers)["idempotency-key"] ?? crypto.randomUUID();
}

/** Sets out. @throws TypeError for a time or a number that cannot be */
export function begin(connection: Connection, call: Call): Journey {
  const startedMs = nowMs();
  const { timeout, maxRetries } = call.options ?? {};
  return {
    connection,
    call,
    callId: connection.nextCallId(),
    url: urlOf(connection, call),
    body: call.body === undefined ? undefined : JSON.stringify(call.body),
    idempotencyKey: idempotencyKeyOf(call),
    startedMs,
    deadlineMs: startedMs + checkedCount("timeout", timeout, connection.timeoutMs),
    maxRetries: checkedCount("maxRetries", maxRetries, connection.maxRetries),
    attempts: 0,
    lastError: undefined,
  };
}

/** What errors tell of it. */
export const factsOf = (journey: Journey) => ({
  method: journey.call.method,
  path: journey.call.path,
  isWrite: isWrite(journey.call),
  idempotencyKey: journey.idempotencyKey,
  attempts: journey.attempts,
  wasUnknown: journey.lastError?.outcomeUnknown,
  elapsedMs: Math.round(nowMs() - journey.startedMs),
});

/** What hooks are told of it. */
export const eventOf = (journey: Journey): CallEvent => ({
  callId: journey.callId,
  method: journey.call.method,
  url: redactUrl(journey.url),
  attempt: journey.attempts,
  idempotencyKey: journey.idempotencyKey,
});

/**
 * Milliseconds that the attempt of this moment may take: half of the call's time unless somebody said otherwise, so that a
 * silent connection leaves time for another, and never more than is left.
 */
export function attemptTimeoutMs(journey: Journey): number {
  const { connection, call, deadlineMs, startedMs, maxRetries } = journey;
  const half = maxRetries === 0 ? longestTimerMs : (deadlineMs - startedMs) / 2;
  const wanted = checkedCount("attemptTimeout", call.options?.attemptTimeout ?? connection.attemptTimeoutMs, half);
  return Math.max(1, Math.round(Math.min(wanted, deadlineMs - nowMs(), longestTimerMs)));
}
