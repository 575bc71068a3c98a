import fc from "fast-check";
import { expect, it } from "vitest";
import { assertAmountSen, ringgitFromSen, senFromRinggit } from "./money.ts";

const seed = Number(process.env["TEST_SEED"] ?? Date.now() % 1_000_000);

it.each([
  ["2", 200],
  ["2.5", 250],
  ["10.50", 1050],
  ["0.01", 1],
  ["1.15", 115],
])("reads %s ringgit as %i sen", (text, sen) => {
  expect(senFromRinggit(text)).toBe(sen);
});

it.each(["", " 2", "2.", ".5", "2.005", "-1", "+1", "1e3", "1,000.00", "0", "0.00", "٢", "NaN", "99999999999"])(
  "refuses %j, which is no amount in ringgit and sen",
  (text) => {
    expect(senFromRinggit(text)).toBeUndefined();
  },
);

it(`prints and reads every amount back to the same sen (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999_999 }), (sen) => senFromRinggit(ringgitFromSen(sen)) === sen),
    { seed, numRuns: 2_000 },
  );
});

it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "100", null])(
  "stops at %s before it is written as money",
  (value) => {
    expect(() => assertAmountSen(value)).toThrow(RangeError);
  },
);
