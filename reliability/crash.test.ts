import { expect, test } from "vitest";
import { crash } from "./instruments/crash.ts";
import { shortRun } from "./short-run.ts";

test("a gateway killed fifty times under load loses nothing that it acknowledged and does nothing twice", async () => {
  const { counts, samples, violations } = await shortRun(crash);
  expect(violations).toEqual([]);
  expect(counts["kills"]).toBe(50);
  expect(counts["kills at named points"]).toBeGreaterThan(0);
  expect(counts["payments"]).toBeGreaterThan(50);
  expect(samples["ready again"]?.length).toBeGreaterThan(20);
}, 240_000);
