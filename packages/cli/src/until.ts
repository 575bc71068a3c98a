import { setTimeout as pause } from "node:timers/promises";
import { CliError } from "./cli-error.ts";

const betweenMs = 150;

/**
 * Asks again and again until there is an answer.
 * @param ask undefined means "not yet"; what it throws ends the wait
 * @throws CliError waited_in_vain after the time
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  options: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<T> {
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (performance.now() > deadline) {
      throw new CliError("waited_in_vain", `Waited ${Math.round(options.timeoutMs / 1000)} s in vain for ${what}.`, {
        next: "kineticpay doctor",
      });
    }
    await pause(betweenMs, undefined, { signal: options.signal });
  }
}
