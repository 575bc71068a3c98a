import { expect, test } from "vitest";
import { lostReply, sameInvoice, sameKey } from "./instruments/same-key.ts";
import { shortRun } from "./short-run.ts";

test("one key a hundred times at once at two processes is worked on once, and no other body gets its answer", async () => {
  const { counts, violations } = await shortRun(sameKey);
  expect(violations).toEqual([]);
  expect(counts["created"]).toBe(20);
  expect((counts["replayed"] ?? 0) + (counts["refused"] ?? 0)).toBe(20 * 99);
  expect(counts["refused"]).toBeGreaterThan(0);
}, 600_000);

test("a hundred calls whose answers were lost are done once, however often they are repeated", async () => {
  const { counts, violations } = await shortRun(lostReply);
  expect(violations).toEqual([]);
  expect(counts["cuts"]).toBe(100);
  expect(counts["found done"]).toBeGreaterThan(0);
}, 600_000);

test("one invoice a hundred times at once without a key has one live payment in the end", async () => {
  const { counts, violations } = await shortRun(sameInvoice);
  expect(violations).toEqual([]);
  expect(counts["refused"]).toBeGreaterThan(0);
  expect(counts["payments"]).toBeGreaterThan(12);
}, 600_000);
