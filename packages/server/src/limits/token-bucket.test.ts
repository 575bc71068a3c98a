import { expect, it } from "vitest";
import { createTokenBuckets, type TokenBuckets } from "./token-bucket.ts";

const start = 1_764_000_000_000;
const open = (ratePerS: number, burst: number, mostKept = 100) => createTokenBuckets({ ratePerS, burst, mostKept });

function takeAll(buckets: TokenBuckets, name: string, nowMs: number): number {
  let taken = 0;
  while (buckets.take(name, nowMs)) taken += 1;
  return taken;
}

it("gives a whole burst at once, and then not one more", () => {
  const buckets = open(500, 1_000);
  expect(takeAll(buckets, "a", start)).toBe(1_000);
  expect(buckets.take("a", start)).toBe(false);
});

it.each([
  [500, 2],
  [1, 1_000],
  [3, 334],
  [7, 143],
])("gives back a token at %i a second after %i ms, and not a millisecond earlier", (ratePerS, afterMs) => {
  const buckets = open(ratePerS, 5);
  takeAll(buckets, "a", start);
  expect(buckets.take("a", start + afterMs - 1)).toBe(false);
  expect(buckets.take("a", start + afterMs)).toBe(true);
  expect(buckets.take("a", start + afterMs)).toBe(false);
});

it("loses nothing to rounding: over a minute of asking every millisecond it gives the burst and the rate, to the token", () => {
  for (const ratePerS of [3, 7, 300, 333]) {
    const buckets = open(ratePerS, 10);
    const seconds = 60;
    let taken = takeAll(buckets, "a", start);
    for (let ms = 1; ms <= seconds * 1_000; ms += 1) taken += takeAll(buckets, "a", start + ms);
    expect(taken).toBe(10 + seconds * ratePerS);
  }
});

it("never holds more than a burst, however long nobody asks", () => {
  const buckets = open(500, 10);
  takeAll(buckets, "a", start);
  expect(takeAll(buckets, "a", start + 86_400_000)).toBe(10);
});

it("gives nothing for a clock that is set back", () => {
  const buckets = open(10, 10);
  takeAll(buckets, "a", start);
  expect(buckets.take("a", start - 60_000)).toBe(false);
  expect(buckets.take("a", start + 99)).toBe(false);
  expect(buckets.take("a", start + 100)).toBe(true);
});

it("keeps names apart", () => {
  const buckets = open(1, 2);
  takeAll(buckets, "a", start);
  expect(buckets.remaining("b", start)).toBe(2);
});

it("takes a token back, up to a full bucket, and the lower count of another process", () => {
  const buckets = open(1, 3);
  buckets.take("a", start);
  buckets.giveBack("a", start);
  buckets.giveBack("a", start);
  expect(buckets.remaining("a", start)).toBe(3);
  buckets.lower("a", 1, start);
  expect(buckets.remaining("a", start)).toBe(1);
  buckets.lower("a", 2, start);
  expect(buckets.remaining("a", start)).toBe(1);
});

it("stays within its bound under 100,000 names, and forgets those first that were touched longest ago", () => {
  const buckets = open(20, 40, 1_000);
  takeAll(buckets, "steady", start);
  let largest = 0;
  for (let i = 0; i < 100_000; i += 1) {
    buckets.take(`name-${i}`, start);
    largest = Math.max(largest, buckets.size);
    // Somebody who keeps asking is not forgotten for all the strangers, and so gets nothing by them.
    if (i % 200 === 0) {
      buckets.giveBack("steady", start);
      expect(takeAll(buckets, "steady", start)).toBe(1);
    }
  }
  expect(largest).toBeLessThanOrEqual(1_000);
  expect(buckets.remaining("name-0", start)).toBe(40);
});

it("lets buckets that have filled up again go, though there is room for them", () => {
  const buckets = open(20, 40, 100_000);
  for (let i = 0; i < 10_000; i += 1) buckets.take(`name-${i}`, start);
  buckets.take("later", start + 2_000);
  buckets.take("later still", start + 4_000);
  expect(buckets.size).toBe(2);
});
