import { expect, test } from "vitest";
import { deploy } from "./instruments/deploy.ts";
import { shortRun } from "./short-run.ts";

test("ten restarts under load fail no request that was sent", async () => {
  const { counts, violations } = await shortRun(deploy);
  expect(violations).toEqual([]);
  expect(counts["restarts"]).toBe(10);
  expect(counts["requests"]).toBeGreaterThan(100);
  expect(counts["refused and tried again"]).toBeGreaterThan(0);
}, 120_000);
