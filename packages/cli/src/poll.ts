import { setTimeout as pause } from "node:timers/promises";
import { isAbortedError, isKineticPayError } from "kineticpay";
import { CliError } from "./cli-error.ts";
import { gatewayError } from "./gateway-error.ts";

const firstPauseMs = 500;
const longestPauseMs = 15_000;

export interface Polling {
  readonly signal: AbortSignal;
  /** Milliseconds between two looks while all is well. */
  readonly everyMs: number;
  /** Told once when the gateway is lost, with what it was and how long the pause is, and again when it is back. */
  readonly onLost: (error: CliError, pauseMs: number) => void;
  readonly onBack: (lostForMs: number) => void;
}

/** A key that is refused now is refused in a minute too; everything that may pass is waited for. */
function isHopeless(error: unknown): boolean {
  if (!isKineticPayError(error)) return true;
  return error.status === 401 || error.status === 403 || error.status === 404;
}

/**
 * Looks again and again until the signal is aborted. When the gateway cannot be reached it goes on trying, with pauses
 * that grow to 15 s, and says so.
 * @param look looks once; it may tell that the gateway has answered before it is through with what that brought
 * @throws what a look throws that waiting does not cure, such as a refused key
 */
export async function poll(
  look: (answered: () => void) => Promise<void>,
  { signal, everyMs, onLost, onBack }: Polling,
): Promise<void> {
  let lostAt: number | undefined;
  let pauseMs = firstPauseMs;
  const answered = () => {
    if (lostAt !== undefined) onBack(Date.now() - lostAt);
    lostAt = undefined;
    pauseMs = firstPauseMs;
  };
  while (!signal.aborted) {
    try {
      await look(answered);
      answered();
    } catch (error) {
      if (signal.aborted || isAbortedError(error)) return;
      if (isHopeless(error)) throw error;
      if (lostAt === undefined)
        onLost(isKineticPayError(error) ? gatewayError(error) : new CliError("unexpected", String(error)), pauseMs);
      lostAt ??= Date.now();
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
    const waitMs = lostAt === undefined ? everyMs : pauseMs * (0.75 + Math.random() / 2);
    await pause(waitMs, undefined, { signal }).catch(() => undefined);
  }
}
