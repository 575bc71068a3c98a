import { AbortedError, ConnectionError } from "../errors/errors.ts";
import { longestTimerMs } from "./checked-count.ts";
import { factsOf, type Journey, nowMs } from "./journey.ts";

/**
 * Waits for headers whose key is being fetched, no longer than the call may take: a vault that does not answer must not hold
 * a call up for ever.
 * @throws ConnectionError, AbortedError, and what fetching the key throws
 */
export function keyInTime<T>(journey: Journey, fetching: Promise<T>): Promise<T> {
  const signal = journey.call.options?.signal;
  return new Promise((resolve, reject) => {
    const facts = { ...factsOf(journey), retryable: false };
    const late = () => {
      const message = "The function that fetches the API key did not answer within the call's time. Nothing was sent.";
      reject(new ConnectionError({ ...facts, type: "connection_error", code: "connection_timeout", message }));
    };
    const stop = () => {
      const message = "The call was ended by its own signal, while its API key was fetched.";
      reject(
        new AbortedError({ ...facts, type: "aborted_error", code: "call_aborted", message, cause: signal?.reason }),
      );
    };
    const leftMs = Math.max(0, Math.min(journey.deadlineMs - nowMs(), longestTimerMs));
    const timer = setTimeout(late, leftMs);
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted === true) stop();
    fetching.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    });
  });
}
