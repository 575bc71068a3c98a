import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { paceRefusals } from "./pace-refusals.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] }));
afterEach(() => void vi.useRealTimers());

function refuseMany(pace: ReturnType<typeof paceRefusals>, count: number): () => number {
  let refused = 0;
  for (let i = 0; i < count; i += 1)
    pace.await(() => {
      refused += 1;
    });
  return () => refused;
}

it("refuses at once while there are few to refuse", () => {
  const pace = paceRefusals({ perS: 100, mostWaiting: 1_000 });
  expect(refuseMany(pace, 10)()).toBe(10);
  vi.advanceTimersByTime(100);
  expect(refuseMany(pace, 10)()).toBe(10);
});

it("refuses a crowd at its pace, in the order in which it came, and nobody twice", () => {
  const pace = paceRefusals({ perS: 100, mostWaiting: 1_000 });
  const order: number[] = [];
  for (let i = 0; i < 210; i += 1) pace.await(() => order.push(i));
  expect(order).toHaveLength(10);
  vi.advanceTimersByTime(1_000);
  expect(order.length).toBeGreaterThanOrEqual(105);
  expect(order.length).toBeLessThanOrEqual(111);
  vi.advanceTimersByTime(2_000);
  expect(order).toEqual(Array.from({ length: 210 }, (_, i) => i));
  expect(pace.waiting).toBe(0);
});

it("keeps no more waiting than it may, and nobody longer than that number takes", () => {
  const pace = paceRefusals({ perS: 100, mostWaiting: 50 });
  const refused = refuseMany(pace, 500);
  expect(pace.waiting).toBe(50);
  expect(refused()).toBe(450);
  vi.advanceTimersByTime(520);
  expect(refused()).toBe(500);
});

it("lets everybody go when the gateway stops, and leaves no timer behind", () => {
  const pace = paceRefusals({ perS: 100, mostWaiting: 1_000 });
  const refused = refuseMany(pace, 500);
  pace.release();
  expect(refused()).toBe(500);
  expect(vi.getTimerCount()).toBe(0);
});
