import fc from "fast-check";
import { expect, it } from "vitest";
import { settings } from "../settings.ts";
import { nextAttemptAt } from "./retry-schedule.ts";

const now = new Date("2026-11-23T00:00:00Z");
const scheduleS = settings.callbackSchedule.fallback;
const fixed = (fraction: number) => ({ bytes: (length: number) => new Uint8Array(length), fraction: () => fraction });
const waitS = (attempts: number, fraction: number) => {
  const at = nextAttemptAt(scheduleS, attempts, now, fixed(fraction));
  return at === undefined ? undefined : (at.getTime() - now.getTime()) / 1000;
};

it("gives a shop ten attempts over more than three days", () => {
  const waits = Array.from({ length: 10 }, (_, index) => waitS(index + 1, 0.5));
  expect(waits.slice(0, 9)).toEqual(scheduleS.map((each) => expect.closeTo(each, 3)));
  expect(waits[9]).toBeUndefined();
  expect(scheduleS.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(3 * 24 * 3600);
});

it("waits the planned time, give or take a fifth", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.double({ min: 0, max: 0.999999, noNaN: true }),
      (attempts, fraction) => {
        const planned = scheduleS[attempts - 1] ?? 0;
        expect(waitS(attempts, fraction)).toBeGreaterThanOrEqual(planned * 0.8 - 0.001);
        expect(waitS(attempts, fraction)).toBeLessThanOrEqual(planned * 1.2 + 0.001);
      },
    ),
  );
  expect(waitS(3, 0)).not.toBe(waitS(3, 0.9));
});
