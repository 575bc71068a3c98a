import fc from "fast-check";
import { expect, it } from "vitest";
import { editDistance } from "./edit-distance.ts";

it.each([
  ["", "", 0],
  ["", "ringgit", 7],
  ["ringgit", "ringgit", 0],
  ["ringit", "ringgit", 1],
  ["amuont", "amount", 1],
  ["emial", "email", 1],
  ["invoise", "invoice", 1],
  ["kitten", "sitting", 3],
])("comes from %j to %j in %i steps", (from, to, steps) => {
  expect(editDistance(from, to)).toBe(steps);
});

it("is as far back as there, nothing only between equal words, and never further than the longer word", () => {
  const word = fc.string({ maxLength: 8 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      expect(editDistance(a, b) === 0).toBe(a === b);
    }),
  );
});

it("is one for whatever finger slipped: a letter too many, too few, another one, or two swapped", () => {
  const letter = fc.string({ minLength: 1, maxLength: 1 });
  fc.assert(
    fc.property(fc.string({ minLength: 2, maxLength: 12 }), fc.nat(), letter, (word, at, other) => {
      const i = at % (word.length - 1);
      const [before, after] = [word.slice(0, i), word.slice(i + 2)];
      const [first, second] = [word.charAt(i), word.charAt(i + 1)];
      const tooMany = `${before}${first}${other}${second}${after}`;
      expect(editDistance(tooMany, word)).toBe(1);
      expect(editDistance(`${before}${second}${after}`, word)).toBe(1);
      expect(editDistance(`${before}${other}${second}${after}`, word)).toBe(other === first ? 0 : 1);
      expect(editDistance(`${before}${second}${first}${after}`, word)).toBe(first === second ? 0 : 1);
    }),
  );
});
