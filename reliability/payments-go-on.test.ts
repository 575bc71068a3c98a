import { expect, test } from "vitest";
import { hasRedis } from "./cast/own-redis.ts";
import { creditOnce } from "./instruments/credit-once.ts";
import { redisAway } from "./instruments/redis-away.ts";
import { shortRun } from "./short-run.ts";

test("a payment of which the bank tells up to a hundred times at once, in every way it has, is credited once", async () => {
  const { counts, violations } = await shortRun(creditOnce);
  expect(violations).toEqual([]);
  expect(counts["payments"]).toBe(40);
  expect(counts["credits"]).toBe(40);
  expect(counts["messages"]).toBeGreaterThan(400);
}, 180_000);

// Only a machine with a redis-server can show this; `.ci/run` brings one.
test.each(hasRedis() ? [redisAway] : [])(
  "payments go on, and limits hold in each process, while Redis is stopped, frozen or emptied",
  async (instrument) => {
    const { counts, violations } = await shortRun(instrument);
    expect(violations).toEqual([]);
    expect(counts["requests"]).toBeGreaterThan(50);
    expect(counts["hammered calls let through"]).toBeGreaterThan(50);
  },
  120_000,
);
