import { CircuitOpenError } from "../errors/errors.ts";
import type { GaveUpBecause, KineticPayError } from "../errors/kineticpay-error.ts";
import { sendOnce } from "./attempt.ts";
import { pauseMs } from "./backoff.ts";
import { type Answer, type Call, isWrite, type Outcome } from "./call.ts";
import type { CircuitBreaker, Permit } from "./circuit-breaker.ts";
import type { Connection } from "./connection.ts";
import { headersOf } from "./headers-of.ts";
import { type CallEvent, tell } from "./hooks.ts";
import { redactHeaders, redactUrl } from "./redact.ts";
import { sleep } from "./sleep.ts";

/** A call on its way, through all of its attempts. */
interface Journey {
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
}

/** `performance` is there wherever `fetch` is, and does not jump when a clock is set. */
const nowMs = () => performance.now();

function urlOf(connection: Connection, call: Call): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) query.set(name, String(value));
  }
  if (call.options?.validateOnly === true) query.set("validate_only", "true");
  const text = query.toString();
  return `${connection.baseUrl}${call.path}${text === "" ? "" : `?${text}`}`;
}

/** The gateway heeds a key on POST and PATCH; PUT is safe to repeat as it is, and a validation does nothing. */
function idempotencyKeyOf(call: Call): string | undefined {
  if (!isWrite(call) || call.method === "PUT") return undefined;
  return call.options?.idempotencyKey ?? crypto.randomUUID();
}

function begin(connection: Connection, call: Call): Journey {
  const startedMs = nowMs();
  return {
    connection,
    call,
    callId: connection.nextCallId(),
    url: urlOf(connection, call),
    body: call.body === undefined ? undefined : JSON.stringify(call.body),
    idempotencyKey: idempotencyKeyOf(call),
    startedMs,
    deadlineMs: startedMs + (call.options?.timeout ?? connection.timeoutMs),
    maxRetries: call.options?.maxRetries ?? connection.maxRetries,
    attempts: 0,
  };
}

const factsOf = (journey: Journey) => ({
  method: journey.call.method,
  path: journey.call.path,
  isWrite: isWrite(journey.call),
  idempotencyKey: journey.idempotencyKey,
  attempts: journey.attempts,
  elapsedMs: Math.round(nowMs() - journey.startedMs),
});

const eventOf = (journey: Journey): CallEvent => ({
  callId: journey.callId,
  method: journey.call.method,
  url: redactUrl(journey.url),
  attempt: journey.attempts,
  idempotencyKey: journey.idempotencyKey,
});

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

/** One attempt, with what is told of it. @throws CircuitOpenError and what {@link headersOf} throws */
async function attempt(journey: Journey): Promise<Outcome> {
  const { connection, call } = journey;
  const { breaker, hooks } = connection;
  const headers = await headersOf(connection, call, journey.idempotencyKey);
  const permit = breaker?.enter();
  if (breaker !== undefined && permit === undefined) throw circuitOpen(journey, breaker);
  journey.attempts += 1;
  tell(hooks.request, () => ({ ...eventOf(journey), headers: redactHeaders(headers) }));
  const sentMs = nowMs();
  const leftMs = journey.deadlineMs - sentMs;
  const outcome = await sendOnce({
    fetch: connection.fetch,
    url: journey.url,
    method: call.method,
    headers,
    body: journey.body,
    timeoutMs: Math.max(1, Math.ceil(Math.min(leftMs, attemptTimeoutMs(journey)))),
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

function attemptTimeoutMs(journey: Journey): number {
  const { connection, call } = journey;
  const own = call.options?.attemptTimeout ?? connection.attemptTimeoutMs;
  return own ?? (journey.maxRetries === 0 ? Number.POSITIVE_INFINITY : (journey.deadlineMs - journey.startedMs) / 2);
}

/** Milliseconds to wait before the next attempt, or why there is none. */
function nextPause(journey: Journey, error: KineticPayError, wasLookedUp: boolean): number | GaveUpBecause {
  if (!error.retryable && !wasLookedUp) return "not_retryable";
  if (journey.attempts > journey.maxRetries) return "max_retries";
  const waitMs = pauseMs(journey.attempts, error.retryAfter, Math.random());
  if (nowMs() + waitMs >= journey.deadlineMs) return "deadline";
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
    error.gaveUpBecause = "not_retryable";
    throw error;
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
    const found = await lookUp(journey, error);
    if (found !== undefined && found !== false) return found;
    const next = nextPause(journey, error, found === false);
    if (typeof next === "string") {
      error.gaveUpBecause = next;
      throw error;
    }
    tell(connection.hooks.retry, () => ({ ...eventOf(journey), delayMs: next, error: error.toJSON() }));
    await sleep(next, call.options?.signal, () => factsOf(journey));
  }
}
