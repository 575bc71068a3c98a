import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { followingClock } from "./clock.ts";
import { keepFollowing } from "./keep-following.ts";

const hourMs = 3_600_000;
const start = new Date("2026-11-20T02:32:05Z").getTime();

/** A machine whose clocks a test moves, and a database that is right. */
function world(skewMs: number) {
  let passedMs = 0;
  let wallMs = start + skewMs;
  return {
    machine: { wallMs: () => wallMs, steadyMs: () => passedMs },
    read: async () => new Date(start + passedMs),
    truth: () => start + passedMs,
    pass(ms: number) {
      passedMs += ms;
      wallMs += ms;
    },
    set(ms: number) {
      wallMs += ms;
    },
  };
}

it.each([2 * hourMs, -2 * hourMs])("tells the database's time on a machine that is %d ms off", async (skewMs) => {
  const here = world(skewMs);
  const clock = followingClock(here.machine);
  await clock.follow(here.read);
  here.pass(60_000);
  expect(clock.now().getTime()).toBe(here.truth());
  expect(clock.skewMs()).toBe(skewMs);
});

it("is not moved when somebody sets the machine's clock between two readings", async () => {
  const here = world(0);
  const clock = followingClock(here.machine);
  await clock.follow(here.read);
  here.set(2 * hourMs);
  here.pass(1_000);
  expect(clock.now().getTime()).toBe(here.truth());
  here.set(-30 * 24 * hourMs);
  expect(clock.now().getTime()).toBe(here.truth());
});

it("passes over a reading that took too long to say anything, but for the first", async () => {
  const here = world(0);
  const clock = followingClock(here.machine);
  const slow = async () => {
    const read = await here.read();
    here.pass(10_000);
    return read;
  };
  await clock.follow(slow);
  expect(clock.now().getTime()).toBe(here.truth() - 5_000);
  await clock.follow(here.read);
  await clock.follow(slow);
  expect(clock.now().getTime()).toBe(here.truth());
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("reads anew within a second when the machine slept or its clock was set, and raises one alarm while it is far off", async () => {
  const here = world(0);
  const clock = followingClock(here.machine);
  await clock.follow(here.read);
  const read = vi.fn(here.read);
  const alarms: number[] = [];
  const stop = keepFollowing({ clock, read, onSkew: (skewMs) => alarms.push(skewMs) });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(read).not.toHaveBeenCalled();
  here.set(2 * hourMs);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(read).toHaveBeenCalledTimes(1);
  expect(alarms).toEqual([2 * hourMs]);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(read).toHaveBeenCalledTimes(5);
  expect(alarms).toHaveLength(1);
  stop();
});
