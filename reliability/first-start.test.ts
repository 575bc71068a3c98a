import { expect, test } from "vitest";
import { firstStart } from "./instruments/first-start.ts";
import { shortRun } from "./short-run.ts";

test("a gateway killed while it starts for the first time starts the next time, and takes payments", async () => {
  const { counts, violations } = await shortRun(firstStart);
  expect(violations).toEqual([]);
  expect(counts["first starts"]).toBe(4);
}, 180_000);
