import { expect, test } from "vitest";
import { inTurns, median, quantile, shown, summary } from "./figures.mjs";

test("a median is the middle, or the mean of the two in the middle, in whatever order they come", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([10, 1, 2, 3])).toBe(2.5);
  expect(() => median([])).toThrow(RangeError);
});

test("a quantile has no more than its share below it", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(quantile(hundred, 0.5)).toBe(51);
  expect(quantile(hundred, 0.99)).toBe(100);
  expect(quantile([7], 0.99)).toBe(7);
  expect(() => quantile([], 0.5)).toThrow(RangeError);
});

test("a ratio is the median of the rounds' ratios, and not the ratio of the medians", () => {
  const rounds = [
    { ours: 100, theirs: 100 },
    { ours: 10, theirs: 20 },
    { ours: 50, theirs: 25 },
  ];
  expect(summary(rounds)).toEqual({ ours: 50, theirs: 25, ratio: 1, spread: [0.5, 2] });
  expect(summary([{ ours: 3 }, { ours: 1 }, { ours: 2 }])).toEqual({ ours: 2 });
});

test("both sides are measured in turns, each first as often as the other, and the first round does not count", async () => {
  const calls: string[] = [];
  const side = (name: string, value: number) => async () => {
    calls.push(name);
    return value * calls.length;
  };
  const rounds = await inTurns({ rounds: 2, ours: side("ours", 1), theirs: side("theirs", 10) });
  expect(calls).toEqual(["ours", "theirs", "theirs", "ours", "ours", "theirs"]);
  expect(rounds).toEqual([
    { ours: 4, theirs: 30 },
    { ours: 5, theirs: 60 },
  ]);
});

test.each([
  [1234.5, "1235"],
  [12.345, "12.3"],
  [0.5678, "0.57"],
  [0, "0"],
])("shows %f as %s", (number, text) => expect(shown(number)).toBe(text));
