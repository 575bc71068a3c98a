import { expect, test } from "vitest";
import { commitCut } from "./instruments/commit-cut.ts";
import { shortRun } from "./short-run.ts";

test("a commit whose outcome nobody could learn is neither lost nor repeated, fifty times over", async () => {
  const { counts, violations } = await shortRun(commitCut);
  expect(violations).toEqual([]);
  expect(counts["cuts"]).toBeGreaterThanOrEqual(50);
  expect(counts["cut before its answer"]).toBeGreaterThan(0);
}, 180_000);
