import type { Clock } from "../seams/clock.ts";

/** A clock that a test moves by hand. It starts at the machine's time, so that signatures and certificates are valid. */
export interface TestClock extends Clock {
  advance(milliseconds: number): void;
}

export function testClock(startMs: number = Date.now()): TestClock {
  let nowMs = startMs;
  return {
    now: () => new Date(nowMs),
    advance(milliseconds) {
      nowMs += milliseconds;
    },
  };
}
