import { expect, test } from "vitest";
import { clockSkew } from "./instruments/clock-skew.ts";
import { shortRun } from "./short-run.ts";

test("processes whose clocks are hours off, or run far too fast, expire payments in time and sign with the right time", async () => {
  const { counts, violations } = await shortRun(clockSkew);
  expect(violations).toEqual([]);
  expect(counts["processes"]).toBe(3);
  expect(counts["expiries"]).toBe(30);
  expect(counts["callbacks owed"]).toBeGreaterThan(20);
}, 120_000);
