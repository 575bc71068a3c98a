import { expect, test } from "vitest";
import { postgresFrozen } from "./instruments/postgres-frozen.ts";
import { postgresStop } from "./instruments/postgres-stop.ts";
import { shortRun } from "./short-run.ts";

test("a gateway outlives the crashes of its database, loses nothing, and writes again within five seconds of it", async () => {
  const { counts, violations } = await shortRun(postgresStop);
  expect(violations).toEqual([]);
  expect(counts["stops"]).toBe(6);
}, 180_000);

test("while the database stands still no request takes five seconds, and most are refused at once", async () => {
  const { counts, violations } = await shortRun(postgresFrozen);
  expect(violations).toEqual([]);
  expect(counts["refusals while frozen"]).toBeGreaterThan(20);
}, 120_000);
