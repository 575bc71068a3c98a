import type { Fetch } from "../client-options.ts";
import { type CallFacts, errorFromAnswer } from "../errors/error-from-answer.ts";
import { AbortedError, ConnectionError } from "../errors/errors.ts";
import type { Outcome } from "./call.ts";
import { readRetryAfterS } from "./retry-after.ts";

/** One sending of a call. */
export interface Attempt {
  readonly fetch: Fetch;
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Milliseconds until it is given up, its whole answer included. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** What is told of it in errors; asked for when it has ended. */
  readonly facts: () => CallFacts;
}

/** The innermost cause that has a code, such as ECONNREFUSED. */
function causeCode(error: unknown): string | undefined {
  let found: string | undefined;
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth += 1) {
    const code = (each as { readonly code?: unknown }).code;
    if (typeof code === "string") found = code;
  }
  return found;
}

function hostOf(url: string): string {
  return new URL(url).host;
}

function notAnswered(attempt: Attempt, error: unknown, wasTimeUp: boolean): Outcome {
  const facts = attempt.facts();
  const outcomeUnknown = facts.isWrite;
  if (attempt.signal?.aborted === true) {
    const message = "The call was ended by its own signal. If it was to change something, it may have done so.";
    const cause = attempt.signal.reason;
    const isUnsent = error === unsent;
    return {
      error: new AbortedError({
        ...facts,
        type: "aborted_error",
        code: "call_aborted",
        retryable: false,
        outcomeUnknown: outcomeUnknown && !isUnsent,
        message,
        cause,
      }),
    };
  }
  const host = hostOf(attempt.url);
  const code = causeCode(error);
  const message = wasTimeUp
    ? `${host} did not answer within ${attempt.timeoutMs} milliseconds.`
    : `No answer came from ${host}${code === undefined ? "" : ` (${code})`}. Check that baseURL is the gateway's address, and that it runs and can be reached from here.`;
  return {
    error: new ConnectionError({
      ...facts,
      type: "connection_error",
      code: wasTimeUp ? "connection_timeout" : "connection_failed",
      retryable: true,
      // Where nothing listens, nothing was done.
      outcomeUnknown: outcomeUnknown && code !== "ECONNREFUSED" && code !== "ENOTFOUND",
      meta: { host, ...(code === undefined ? {} : { cause: code }) },
      message,
      cause: error,
    }),
  };
}

function strangeAnswer(facts: CallFacts, code: string, message: string): Outcome {
  const outcomeUnknown = facts.isWrite;
  return {
    error: new ConnectionError({ ...facts, type: "connection_error", code, retryable: false, outcomeUnknown, message }),
  };
}

/** What came, when it is no result: a refusal, a redirect, or a page of something else. */
function notResult(attempt: Attempt, response: Response, requestId: string | undefined, text: string): Outcome {
  const { status, headers } = response;
  const retryAfterS = readRetryAfterS(headers.get("retry-after"), Date.now());
  const facts: CallFacts = { ...attempt.facts(), requestId, retryAfterS };
  const contentType = headers.get("content-type") ?? "";
  // A browser's fetch hides a redirect that it was told not to follow behind status 0.
  if ((status >= 300 && status < 400) || response.type === "opaqueredirect") {
    const to = headers.get("location");
    const message = `${hostOf(attempt.url)} answered with a redirect${to === null ? "" : ` to ${to.split("?")[0]}`}, which the gateway never does and which is not followed, since a POST would be lost on the way. Set baseURL to where it leads.`;
    return strangeAnswer(facts, "redirected", message);
  }
  const isKeyless = attempt.headers["authorization"] === undefined;
  if (!response.ok) return { error: errorFromAnswer({ status, contentType, text }, { ...facts, isKeyless }) };
  const message = `Status ${status} came with ${contentType === "" ? "no content type" : contentType}, and its body is no JSON. That was not the gateway: check that baseURL is its address.`;
  return strangeAnswer(facts, "answer_not_json", message);
}

function read(attempt: Attempt, response: Response, text: string): Outcome {
  const requestId = response.headers.get("x-request-id") ?? undefined;
  if (!response.ok) return notResult(attempt, response, requestId, text);
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return notResult(attempt, response, requestId, text);
  }
  const { attempts = 1, elapsedMs = 0, idempotencyKey } = attempt.facts();
  const isReplayed = idempotencyKey !== undefined && response.headers.get("idempotency-replayed") === "true";
  return { answer: { data, response, requestId, idempotencyKey, attempts, elapsedMs, isReplayed, isRecovered: false } };
}

/** Stands for what was never sent, because its signal had been aborted before. */
const unsent = Symbol("unsent");

/** Sends a call once. It throws nothing: what goes wrong is its outcome. */
export async function sendOnce(attempt: Attempt): Promise<Outcome> {
  const { signal, method, headers, body } = attempt;
  if (signal?.aborted === true) return notAnswered(attempt, unsent, false);
  const controller = new AbortController();
  const stop = () => controller.abort();
  let isTimeUp = false;
  const timer = setTimeout(() => {
    isTimeUp = true;
    stop();
  }, attempt.timeoutMs);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const init: RequestInit = { method, headers, redirect: "manual", signal: controller.signal };
    if (body !== undefined) init.body = body;
    const response = await attempt.fetch(attempt.url, init);
    return read(attempt, response, await response.text());
  } catch (error) {
    return notAnswered(attempt, error, isTimeUp);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}
