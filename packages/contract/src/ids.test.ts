import fc from "fast-check";
import { expect, it } from "vitest";
import { idPrefixes, isId, newId } from "./ids.ts";

const seed = Number(process.env["TEST_SEED"] ?? Date.now() % 1_000_000);
const bytes = fc.uint8Array({ minLength: 10, maxLength: 10 });

it(`gives ids that sort by the time they were made, whatever their chance (seed ${seed})`, () => {
  const time = fc.integer({ min: 0, max: 2 ** 47 });
  fc.assert(
    fc.property(time, time, bytes, bytes, (a, b, x, y) => {
      fc.pre(a !== b);
      return newId("payment", a, x) < newId("payment", b, y) === a < b;
    }),
    { seed, numRuns: 2_000 },
  );
});

it(`loses none of the eighty random bits (seed ${seed})`, () => {
  fc.assert(
    fc.property(
      bytes,
      bytes,
      (x, y) => (newId("event", 1, x) === newId("event", 1, y)) === (Buffer.compare(x, y) === 0),
    ),
    { seed, numRuns: 2_000 },
  );
});

it("recognises its own ids and nothing else", () => {
  const id = newId("payment", Date.now(), new Uint8Array(10).fill(7));
  expect(isId("payment", id)).toBe(true);
  for (const other of [
    id.toLowerCase(),
    `${id}0`,
    id.slice(0, -1),
    id.replace("pay_", "evt_"),
    "pay_",
    `pay_${"U".repeat(26)}`,
  ]) {
    expect(isId("payment", other), other).toBe(false);
  }
  expect(new Set(Object.values(idPrefixes)).size).toBe(Object.keys(idPrefixes).length);
});
