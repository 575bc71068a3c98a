import type { CallFacts } from "../errors/error-from-answer.ts";
import { AbortedError } from "../errors/errors.ts";
import { longestTimerMs } from "./checked-count.ts";

/** Waits. @throws AbortedError as soon as the signal is aborted */
export function sleep(delayMs: number, signal: AbortSignal | undefined, facts: () => CallFacts): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      const message = "The call was ended by its own signal, between two attempts.";
      const type = "aborted_error";
      reject(
        new AbortedError({ ...facts(), type, code: "call_aborted", retryable: false, message, cause: signal?.reason }),
      );
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener("abort", stop);
        resolve();
      },
      Math.min(delayMs, longestTimerMs),
    );
    if (signal?.aborted === true) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
