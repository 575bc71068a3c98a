import { expect, test } from "vitest";
import { foulWeather } from "./instruments/foul-weather.ts";
import { shortRun } from "./short-run.ts";

test("a network that delays, swallows, resets, half-closes and corrupts costs no payment and tells nothing false", async () => {
  const { counts, violations } = await shortRun(foulWeather);
  expect(violations).toEqual([]);
  expect(counts["changes of weather"]).toBeGreaterThan(10);
  expect(counts["payments"]).toBeGreaterThan(0);
}, 180_000);
