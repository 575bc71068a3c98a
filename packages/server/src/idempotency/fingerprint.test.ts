import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalJson, differingPart, fingerprintOf } from "./fingerprint.ts";

/** The same value with the members of every object in another order. */
function shuffled(value: unknown, order: (names: string[]) => string[]): unknown {
  if (Array.isArray(value)) return value.map((each) => shuffled(each, order));
  if (typeof value !== "object" || value === null) return value;
  const members = value as Record<string, unknown>;
  return Object.fromEntries(order(Object.keys(members)).map((name) => [name, shuffled(members[name], order)]));
}

it("writes JSON as RFC 8785 does in its own example", () => {
  const sent = `{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
    "literals": [null, true, false]
  }`;
  expect(canonicalJson(JSON.parse(sent))).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

it("orders members by UTF-16 code units, as RFC 8785 has it", () => {
  const names = ["\u20ac", "\r", "\ufb33", "1", "\ud83d\ude00", "\u0080", "\u00f6"];
  const written = canonicalJson(Object.fromEntries(names.map((name) => [name, 0])));
  expect(Object.keys(JSON.parse(written) as object).sort()).toEqual([...names].sort());
  const expected = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\ud83d\ude00", "\ufb33"];
  expect(written).toBe(`{${expected.map((name) => `${JSON.stringify(name)}:0`).join(",")}}`);
});

it("says the same of a body whatever the order of its members, and another thing of every other body", () => {
  const json = fc.jsonValue({ maxDepth: 4 });
  fc.assert(
    fc.property(json, json, fc.boolean(), (one, other, isReversed) => {
      const order = (names: string[]) => (isReversed ? names.reverse() : [...names].sort());
      expect(fingerprintOf({}, shuffled(one, order)).equals(fingerprintOf({}, one))).toBe(true);
      // What reads back as the same value is the same body; everything else is not.
      const same = canonicalJson(one) === canonicalJson(other);
      expect(differingPart(fingerprintOf({}, one), fingerprintOf({}, other))).toBe(same ? undefined : "body");
      expect(JSON.parse(canonicalJson(one))).toEqual(JSON.parse(JSON.stringify(one)));
    }),
    { numRuns: 1_000 },
  );
});

it("tells another path from another body, and no body from an empty one", () => {
  const base = fingerprintOf({ id: "pay_1" }, { a: 1 });
  expect(differingPart(base, fingerprintOf({ id: "pay_1" }, { a: 1 }))).toBeUndefined();
  expect(differingPart(base, fingerprintOf({ id: "pay_2" }, { a: 1 }))).toBe("path");
  expect(differingPart(base, fingerprintOf({ id: "pay_1" }, { a: 2 }))).toBe("body");
  expect(differingPart(fingerprintOf({}, undefined), fingerprintOf({}, null))).toBeUndefined();
  expect(differingPart(fingerprintOf({}, undefined), fingerprintOf({}, {}))).toBe("body");
});
