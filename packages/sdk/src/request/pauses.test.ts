import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { firstPauseMs, longestPauseMs, pauseMs } from "./backoff.ts";
import { readRetryAfterS } from "./retry-after.ts";
import { RetryBudget } from "./retry-budget.ts";

const now = Date.parse("2026-01-31T16:00:00Z");

describe("Retry-After", () => {
  test.each([
    ["0", 0],
    ["120", 120],
    [" 5 ", 5],
    ["Sat, 31 Jan 2026 16:00:30 GMT", 30],
    ["Sat, 31 Jan 2026 15:00:00 GMT", 0],
    ["99999999999999999999", 31_536_000],
    [null, undefined],
    ["", undefined],
    ["soon", undefined],
    ["-1", undefined],
    ["1.5", undefined],
  ])("%j asks for %s seconds", (text, seconds) => expect(readRetryAfterS(text, now)).toBe(seconds));
});

describe("a pause", () => {
  test("is anything from nothing to a limit that doubles up to 8 seconds", () => {
    const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), chances, (attempt, chance) => {
        const limit = Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1));
        const pause = pauseMs(attempt, undefined, chance);
        return pause >= 0 && pause < limit && Math.abs(pause - chance * limit) < 1;
      }),
    );
    expect([1, 2, 3, 9].map((attempt) => pauseMs(attempt, undefined, 0.999_999))).toEqual([499, 999, 1999, 7999]);
  });

  test("is never shorter than what the gateway asked for, and hardly longer", () => {
    expect(pauseMs(1, 30, 0)).toBe(30_000);
    expect(pauseMs(1, 30, 0.999)).toBeLessThanOrEqual(30_250);
  });
});

describe("the budget", () => {
  test("saves no more than its most, and never gives what it has not", () => {
    const budget = new RetryBudget({ ratio: 0.5, burst: 2 });
    for (let i = 0; i < 100; i += 1) budget.earn();
    expect([budget.spend(), budget.spend(), budget.spend(), budget.left]).toEqual([true, true, false, 0]);
    budget.earn();
    expect(budget.spend()).toBe(false);
    budget.earn();
    expect(budget.spend()).toBe(true);
  });
});
