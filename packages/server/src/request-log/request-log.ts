import type { Logger } from "pino";
import type { Writer } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";
import { writeCalls } from "./batch-writer.ts";
import type { LoggedCall } from "./logged-call.ts";
import { WaitingCalls, type WaitingLimits } from "./waiting-calls.ts";

export interface RequestLogLimits extends WaitingLimits {
  readonly batch: number;
  readonly flushAfterMs: number;
  readonly pauseAfterFaultMs: number;
  /** Calls of anybody that are kept a second, and at once after a quiet time: beyond that the log would slow what it logs. */
  readonly callsPerSecond: number;
  readonly callsAtOnce: number;
  /** Calls of strangers, and calls beyond a limit, that are kept a second, and at once after a quiet time: a flood must not fill the disk. */
  readonly strangersPerSecond: number;
  readonly strangersAtOnce: number;
}

export const defaultLimits: RequestLogLimits = {
  mostCalls: 5_000,
  mostBytes: 8 * 1024 * 1024,
  batch: 100,
  flushAfterMs: 200,
  pauseAfterFaultMs: 1_000,
  callsPerSecond: 1_000,
  callsAtOnce: 5_000,
  strangersPerSecond: 20,
  strangersAtOnce: 1_000,
};

export interface RequestLogCounts {
  readonly waiting: number;
  readonly written: number;
  readonly dropped: number;
}

/** What was asked and answered, kept for whoever has to find out why a call failed. */
export interface RequestLog {
  /** Notes a call. Never throws, never waits. */
  record(call: LoggedCall): void;
  /**
   * Notes a call that is described only if it is wanted: of those that come in any number, from strangers and beyond a
   * limit, only so many a second are.
   */
  offer(isFlood: boolean, describe: () => LoggedCall): void;
  /** Whether a call of strangers, or one beyond a limit, would be kept now. */
  readonly keepsFlood: boolean;
  /** Counts a call that is not even offered. */
  leaveOut(): void;
  /** Resolves when what was noted before is written, cannot be, or the time is up; never rejects. */
  settled(timeoutMs: number): Promise<void>;
  counts(): RequestLogCounts;
  /** Writes what is left, as far as that is possible within the time, and takes no more. */
  close(timeoutMs: number): Promise<void>;
}

interface Bucket {
  /** Whether there is something to take. */
  has(): boolean;
  /** Takes one; false when there is none. */
  take(): boolean;
}

/** A bucket that lets a burst through, and then so many a second. */
function createBucket(perSecond: number, atOnce: number): Bucket {
  let level = atOnce;
  let seenMs = performance.now();
  const has = () => {
    const nowMs = performance.now();
    level = Math.min(atOnce, level + ((nowMs - seenMs) / 1_000) * perSecond);
    seenMs = nowMs;
    return level >= 1;
  };
  const take = () => {
    if (!has()) return false;
    level -= 1;
    return true;
  };
  return { has, take };
}

class QueuedRequestLog implements RequestLog {
  readonly #db: Writer;
  readonly #log: Logger;
  readonly #limits: RequestLogLimits;
  readonly #waiting: WaitingCalls;
  readonly #calls: Bucket;
  readonly #flood: Bucket;
  #noted = 0;
  #ended = 0;
  #written = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;
  #isWriting = false;
  #isFailing = false;
  #isClosed = false;
  #listeners = new Set<() => void>();

  constructor(db: Writer, log: Logger, limits: RequestLogLimits) {
    this.#db = db;
    this.#log = log;
    this.#limits = limits;
    this.#waiting = new WaitingCalls(limits);
    this.#calls = createBucket(limits.callsPerSecond, limits.callsAtOnce);
    this.#flood = createBucket(limits.strangersPerSecond, limits.strangersAtOnce);
  }

  record(call: LoggedCall): void {
    this.offer(call.owner === undefined, () => call);
  }

  get keepsFlood(): boolean {
    return this.#flood.has();
  }

  leaveOut(): void {
    this.#dropped += 1;
  }

  offer(isFlood: boolean, describe: () => LoggedCall): void {
    if (this.#isClosed || (isFlood && !this.#flood.take()) || !this.#calls.take()) {
      this.#dropped += 1;
      return;
    }
    const call = describe();
    this.#noted += 1;
    this.#countGone(this.#waiting.push(call));
    if (this.#waiting.length >= this.#limits.batch && !this.#isFailing) this.#writeIn(0);
    else this.#writeIn(this.#isFailing ? this.#limits.pauseAfterFaultMs : this.#limits.flushAfterMs);
  }

  settled(timeoutMs: number): Promise<void> {
    const goal = this.#noted;
    if (this.#ended >= goal || this.#isFailing) return Promise.resolve();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writeIn(0);
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#listeners.delete(look);
        resolve();
      };
      const look = () => {
        if (this.#ended >= goal || this.#isFailing) finish();
      };
      const timer = setTimeout(finish, timeoutMs);
      this.#listeners.add(look);
    });
  }

  counts(): RequestLogCounts {
    return { waiting: this.#waiting.length, written: this.#written, dropped: this.#dropped };
  }

  async close(timeoutMs: number): Promise<void> {
    await this.settled(timeoutMs);
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #countGone(count: number): void {
    this.#dropped += count;
    this.#ended += count;
  }

  /** One timer and one batch at a time: however fast calls come, the log holds a single connection. */
  #writeIn(delayMs: number): void {
    if (this.#isWriting || this.#isClosed) return;
    if (this.#timer !== undefined) {
      if (delayMs > 0) return;
      clearTimeout(this.#timer);
    }
    this.#timer = setTimeout(() => void this.#write(), delayMs);
    this.#timer.unref();
  }

  async #write(): Promise<void> {
    this.#timer = undefined;
    if (this.#isWriting) return;
    this.#isWriting = true;
    try {
      while (this.#waiting.length > 0 && (await this.#writeBatch()));
    } finally {
      this.#isWriting = false;
    }
    if (this.#waiting.length > 0) this.#writeIn(this.#limits.pauseAfterFaultMs);
  }

  async #writeBatch(): Promise<boolean> {
    const calls = this.#waiting.take(this.#limits.batch);
    try {
      this.#written += await writeCalls(this.#db, calls, this.#log);
      this.#ended += calls.length;
      this.#isFailing = false;
    } catch (error) {
      this.#countGone(this.#waiting.putBack(calls));
      if (!this.#isFailing) this.#log.warn({ err: error }, "the request log cannot be written just now");
      this.#isFailing = true;
    }
    for (const listener of [...this.#listeners]) listener();
    return !this.#isFailing;
  }
}

/**
 * Opens the log of calls. Calls wait in memory, within bounds, and go to the database in batches; when it cannot keep up or
 * is away, the oldest are dropped and counted.
 */
export function createRequestLog(
  gateway: Pick<Gateway, "db" | "log">,
  limits: RequestLogLimits = defaultLimits,
): RequestLog {
  return new QueuedRequestLog(gateway.db, gateway.log, limits);
}
