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
  /** Milliseconds that the database may keep a statement waiting, connection included, from which lists are shed. */
  readonly waitMs: number;
  /** How many calls wait for a database connection now. */
  readonly countWaiting: () => number;
  /** Runs a statement that costs the database nothing. */
  readonly askDatabase: () => Promise<unknown>;
}

export interface Overload {
  /** Why a call of that importance should not be taken on now; undefined when it should. */
  reasonToShed(importance: Importance): string | undefined;
  stop(): void;
}

const resolutionMs = 20;
const windowMs = 500;
const askEveryMs = 50;

/** Lists go first, other calls at twice the pressure, new payments at four times. */
const bearable = { list: 1, call: 2, create: 4, critical: Number.POSITIVE_INFINITY } as const;

/** How late the event loop is: the better of the last two half seconds, since one long pause is over when it is seen. */
function watchLoop(): { delayMs(): number; stop(): void } {
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
    delayMs: () => delayMs,
    stop() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}

/**
 * How long the database keeps a statement waiting: while calls queue for a connection, a statement of our own queues with
 * them, one at a time. A queue of so many calls says little by itself, since one database serves them in a moment and
 * another does not.
 */
function watchDatabase(options: Pick<OverloadOptions, "countWaiting" | "askDatabase">): {
  waitMs(): number;
  /** How many others wait. */
  countWaiting(): number;
  stop(): void;
} {
  let lastMs = 0;
  let askedMs: number | undefined;
  const ask = async () => {
    const beganMs = performance.now();
    askedMs = beganMs;
    // Whether it can be asked at all is told to those who ask for something.
    await options.askDatabase().catch(() => undefined);
    askedMs = undefined;
    lastMs = performance.now() - beganMs;
  };
  const timer = setInterval(() => {
    if (askedMs !== undefined) return;
    if (options.countWaiting() > 0) void ask();
    else lastMs = 0;
  }, askEveryMs);
  timer.unref();
  return {
    countWaiting: () => options.countWaiting() - (askedMs === undefined ? 0 : 1),
    waitMs: () => (askedMs === undefined ? lastMs : Math.max(lastMs, performance.now() - askedMs)),
    stop: () => clearInterval(timer),
  };
}

/** Watches how long the event loop and the database keep calls waiting. */
export function watchOverload(options: OverloadOptions): Overload {
  const loop = watchLoop();
  const database = watchDatabase(options);
  return {
    reasonToShed(importance) {
      const factor = bearable[importance];
      if (loop.delayMs() >= options.delayMs * factor) return "its event loop is late";
      const isLong = database.countWaiting() >= options.waiting * factor;
      return isLong || database.waitMs() >= options.waitMs * factor ? "calls are queueing for the database" : undefined;
    },
    stop() {
      loop.stop();
      database.stop();
    },
  };
}
