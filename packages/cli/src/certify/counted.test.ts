import { expect, test } from "vitest";
import { isCountedTwice } from "./counted.ts";

const order = (invoice: string, delivered: number, sequence: number, at = "") =>
  JSON.stringify({ invoice, delivered, sequence, at });
const ordinary = { before: order("A-1", 0, 2), after: order("A-1", 1, 3, "2026-01-31T04:01:30.000Z") };

test("a number that goes up by two where it goes up by one for others is a second delivery", () => {
  expect(isCountedTwice(ordinary, { before: order("A-2", 0, 2), after: order("A-2", 2, 3) })).toBe(true);
});

test("one delivery, other references and other times are none", () => {
  const once = { before: order("A-2", 0, 2), after: order("A-2", 1, 3, "2026-02-01T05:02:31.002Z") };
  expect(isCountedTwice(ordinary, once)).toBe(false);
});

test("where nothing is counted, nothing is found", () => {
  const words = { before: "404 not found", after: "200 paid" };
  expect(isCountedTwice(words, words)).toBe(false);
});
