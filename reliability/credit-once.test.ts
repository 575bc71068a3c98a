import { expect, test } from "vitest";
import { creditOnce } from "./instruments/credit-once.ts";
import { shortRun } from "./short-run.ts";

test("a payment of which the bank tells up to a hundred times at once, in every way it has, is credited once", async () => {
  const { counts, violations } = await shortRun(creditOnce);
  expect(violations).toEqual([]);
  expect(counts["payments"]).toBe(40);
  expect(counts["credits"]).toBe(40);
  expect(counts["messages"]).toBeGreaterThan(400);
}, 180_000);
