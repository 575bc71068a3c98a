import { monitorEventLoopDelay } from "node:perf_hooks";

/**
 * What a call is worth when not all can be served. `critical` is never shed: a bank's message, a buyer on the way to pay
 * or back, and what tells an operator that the process lives.
 */
export type Importance = "list" | "call" | "create" | "critical";

export interface OverloadOptions {
  /** Mean delay of the event loop from which lists are shed, in milliseconds. */
  readonly delayMs: number;
  /** Calls that wait for a database connection from which lists are shed. */
  readonly waiting: number;
  /** How many calls wait for a database connection now. */
  readonly countWaiting: () => number;
}

export interface Overload {
  /** Why a call of that importance should not be taken on now; undefined when it should. */
  reasonToShed(importance: Importance): string | undefined;
  stop(): void;
}

const resolutionMs = 20;
const windowMs = 500;

/** Lists go first, other calls at twice the pressure, new payments at four times. */
const bearable = { list: 1, call: 2, create: 4, critical: Number.POSITIVE_INFINITY } as const;

/**
 * Watches how long the event loop and the database keep calls waiting. Of the event loop the better of the last two half
 * seconds counts: one long pause is over when it is seen, and shedding would help nobody.
 */
export function watchOverload(options: OverloadOptions): Overload {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  let earlierMs = 0;
  let delayMs = 0;
  const timer = setInterval(() => {
    const meanMs = Math.max(0, histogram.mean / 1e6 - resolutionMs);
    histogram.reset();
    delayMs = Math.min(meanMs, earlierMs);
    earlierMs = meanMs;
  }, windowMs);
  timer.unref();
  return {
    reasonToShed(importance) {
      const factor = bearable[importance];
      if (delayMs >= options.delayMs * factor) return "its event loop is late";
      if (options.countWaiting() >= options.waiting * factor) return "calls are queueing for the database";
      return undefined;
    },
    stop() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}
