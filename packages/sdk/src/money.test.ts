import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ringgit, sen } from "./money.ts";

describe("ringgit and sen", () => {
  test.each([
    ["12.50", 1250],
    ["0.01", 1],
    ["2", 200],
    ["2.5", 250],
    [" 1.10 ", 110],
    ["10000000.00", 1_000_000_000],
  ])("%j is %i sen", (text, amount) => expect(sen(text)).toBe(amount));

  test.each(["", "0", "0.00", "12.505", "1,250.00", "RM 5", "-1", "1e3", "١", "10000000.01", 12.5, undefined, null])(
    "%j is refused",
    (text) => expect(() => sen(text as string)).toThrow(RangeError),
  );

  test.each([0, -1, 0.5, Number.NaN, 1_000_000_001, "1250"])("%j sen are refused", (amount) =>
    expect(() => ringgit(amount as number)).toThrow(RangeError),
  );

  test("lead to each other and back, without losing a sen", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1_000_000_000 }), (amount) => sen(ringgit(amount)) === amount));
  });
});
