import fc from "fast-check";
import { expect, it } from "vitest";
import { editDistance } from "./edit-distance.ts";

it.each([
  ["", "", 0],
  ["", "ringgit", 7],
  ["ringgit", "ringgit", 0],
  ["ringit", "ringgit", 1],
  ["amuont", "amount", 2],
  ["kitten", "sitting", 3],
])("comes from %j to %j in %i steps", (from, to, steps) => {
  expect(editDistance(from, to)).toBe(steps);
});

it("is as far back as there, never further than the longer word, and no detour is shorter", () => {
  const word = fc.string({ maxLength: 8 });
  fc.assert(
    fc.property(word, word, word, (a, b, c) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
    }),
  );
});
