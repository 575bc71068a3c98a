import { CircuitOpenError } from "../errors/errors.ts";
import type { GaveUpBecause, KineticPayError } from "../errors/kineticpay-error.ts";
import { sendOnce } from "./attempt.ts";
import { pauseMs } from "./backoff.ts";
import type { Answer, Call, Outcome } from "./call.ts";
import type { CircuitBreaker, Permit } from "./circuit-breaker.ts";
import type { Connection } from "./connection.ts";
import { headersOf } from "./headers-of.ts";
import { tell } from "./hooks.ts";
import { attemptTimeoutMs, begin, eventOf, factsOf, type Journey, nowMs } from "./journey.ts";
import { redactHeaders } from "./redact.ts";
import { sleep } from "./sleep.ts";

/** Less than this is no time for an attempt, in milliseconds: it would only leave another call without an answer. */
const leastAttemptMs = 20;

function circuitOpen(journey: Journey, breaker: CircuitBreaker): CircuitOpenError {
  const { host, retryAt } = breaker;
  const waitMs = retryAt === undefined ? 0 : Math.max(0, retryAt.getTime() - Date.now());
  const when =
    retryAt === undefined ? "as soon as the one call that is trying it has ended well" : retryAt.toISOString();
  return new CircuitOpenError({
    ...factsOf(journey),
    type: "circuit_open_error",
    code: "circuit_open",
    retryable: true,
    retryAfterS: waitMs / 1000,
    meta: { host, failures: breaker.failures },
    message: `Nothing was sent: ${host} failed ${breaker.failures} times in a row, so calls to it wait until ${when}.`,
  });
}

/** What an outcome says of the host: a refusal is a sign of life. */
function tellBreaker(breaker: CircuitBreaker | undefined, permit: Permit | undefined, outcome: Outcome): void {
  if (breaker === undefined || permit === undefined) return;
  const { error } = outcome;
  if (error?.type === "aborted_error") breaker.released(permit);
  else if (error === undefined || (error.status !== undefined && error.status < 500)) breaker.succeeded(permit);
  else breaker.failed(permit);
}

/** An error that is the end of its call. */
function gaveUp(error: KineticPayError, because: GaveUpBecause): KineticPayError {
  error.gaveUpBecause = because;
  return error;
}

/** One attempt, with what is told of it. @throws CircuitOpenError and what {@link headersOf} throws */
async function attempt(journey: Journey): Promise<Outcome> {
  const { connection, call } = journey;
  const { breaker, hooks } = connection;
  const made = headersOf(connection, call, journey.idempotencyKey);
  const headers = made instanceof Promise ? await made : made;
  const permit = breaker?.enter();
  if (breaker !== undefined && permit === undefined) {
    if (journey.lastError === undefined) throw circuitOpen(journey, breaker);
    throw gaveUp(journey.lastError, "circuit_open");
  }
  journey.attempts += 1;
  tell(hooks.request, () => ({ ...eventOf(journey), headers: redactHeaders(headers) }));
  const sentMs = nowMs();
  const outcome = await sendOnce({
    fetch: connection.fetch,
    url: journey.url,
    method: call.method,
    headers,
    body: journey.body,
    timeoutMs: attemptTimeoutMs(journey),
    signal: call.options?.signal,
    facts: () => factsOf(journey),
  });
  tellBreaker(breaker, permit, outcome);
  tell(hooks.response, () => ({
    ...eventOf(journey),
    status: outcome.error === undefined ? outcome.answer.response.status : outcome.error.status,
    requestId: (outcome.answer ?? outcome.error).requestId,
    durationMs: Math.round(nowMs() - sentMs),
    error: outcome.error?.toJSON(),
  }));
  return outcome;
}

/** Milliseconds to wait before the next attempt, or why there is none. */
function nextPause(journey: Journey, error: KineticPayError, wasLookedUp: boolean): number | GaveUpBecause {
  if (!error.retryable && !wasLookedUp) return "not_retryable";
  if (journey.attempts > journey.maxRetries) return "max_retries";
  const waitMs = pauseMs(journey.attempts, error.retryAfter, Math.random());
  if (nowMs() + waitMs + leastAttemptMs >= journey.deadlineMs) return "deadline";
  if (journey.connection.breaker?.state === "open") return "circuit_open";
  return journey.connection.budget?.spend() === false ? "retry_budget" : waitMs;
}

/**
 * After a 504 nobody knows what became of a call. Where it can be looked up, it is, before anything is sent again.
 * @returns the answer that the call would have had, false when it was not carried out, undefined when it cannot be looked up
 * @throws the error of the call when looking it up fails too
 */
async function lookUp(journey: Journey, error: KineticPayError): Promise<Answer | false | undefined> {
  const { call, maxRetries, deadlineMs } = journey;
  if (error.status !== 504 || call.lookUp === undefined || maxRetries === 0) return undefined;
  const timeout = deadlineMs - nowMs();
  if (timeout <= 0) return undefined;
  try {
    const found = await call.lookUp({ timeout, maxRetries });
    if (found.data === undefined) return false;
    const { attempts, elapsedMs, idempotencyKey } = factsOf(journey);
    return { ...found, attempts, elapsedMs, idempotencyKey, isRecovered: true };
  } catch {
    // The first error says more: what it was about is still not known.
    throw gaveUp(error, "not_retryable");
  }
}

/**
 * Sends a call until it is answered, it may not be sent again, or its time is up. Every attempt carries the same
 * idempotency key, so that whatever was done before its answer was lost is not done twice.
 * @throws KineticPayError
 */
export async function sendCall(connection: Connection, call: Call): Promise<Answer> {
  const journey = begin(connection, call);
  connection.budget?.earn();
  for (;;) {
    const { answer, error } = await attempt(journey);
    if (answer !== undefined) return answer;
    journey.lastError = error;
    const found = await lookUp(journey, error);
    if (found !== undefined && found !== false) return found;
    const next = nextPause(journey, error, found === false);
    if (typeof next === "string") throw gaveUp(error, next);
    tell(connection.hooks.retry, () => ({ ...eventOf(journey), delayMs: next, error: error.toJSON() }));
    await sleep(next, call.options?.signal, () => factsOf(journey));
  }
}
