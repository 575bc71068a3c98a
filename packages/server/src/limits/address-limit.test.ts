import { expect, it } from "vitest";
import { createAddressLimit } from "./address-limit.ts";

const start = 1_764_000_000_000;

it("counts down as calls are charged, and up again with time", () => {
  const limit = createAddressLimit({ ratePerS: 20, burst: 3 });
  expect([1, 2, 3, 4].map(() => limit.charge("203.0.113.7", start))).toEqual([2, 1, 0, 0]);
  expect(limit.remaining("203.0.113.7", start + 49)).toBe(0);
  expect(limit.remaining("203.0.113.7", start + 50)).toBe(1);
  expect(limit.remaining("203.0.113.8", start)).toBe(3);
});

it("looks up only some twenty unknown keys a second for spent addresses, all together, and vouched ones always", () => {
  const limit = createAddressLimit({ ratePerS: 20, burst: 3 });
  limit.vouch("good", start);
  const looks = (key: string, nowMs: number) => Array.from({ length: 100 }, () => limit.mayLookUp(key, nowMs));
  expect(looks("unknown", start).filter(Boolean)).toHaveLength(20);
  expect(looks("good", start).every(Boolean)).toBe(true);
  expect(looks("unknown", start + 1_000).filter(Boolean)).toHaveLength(20);
});

it("vouches for ten minutes and no longer", () => {
  const limit = createAddressLimit({ ratePerS: 20, burst: 3 });
  limit.vouch("good", start);
  const later = start + 10 * 60_000;
  for (let i = 0; i < 20; i += 1) limit.mayLookUp("unknown", later);
  expect(limit.mayLookUp("good", later - 1)).toBe(true);
  expect(limit.mayLookUp("good", later)).toBe(false);
});
