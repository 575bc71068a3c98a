import { expect, it } from "vitest";
import { readConfig } from "../config.ts";
import type { Attempt } from "./payment.ts";
import { nextEnquiryAt } from "./requery-schedule.ts";

const config = readConfig({});
const createdAt = new Date("2026-07-01T04:00:00Z");
const minute = 60_000;
const attempt = { createdAt, status: "in_flight", enquiryCount: 1 } as unknown as Attempt;
const drawn = (fraction: number) => ({ bytes: (count: number) => new Uint8Array(count), fraction: () => fraction });
const planned = (afterMinutes: number, fraction: number, change: Partial<Attempt> = {}) => {
  const now = new Date(createdAt.getTime() + afterMinutes * minute);
  return (nextEnquiryAt(config, { ...attempt, ...change }, now, drawn(fraction)).getTime() - now.getTime()) / minute;
};

it.each([
  { at: 3, what: "along the schedule" },
  { at: 120, what: "hourly" },
  { at: 2_000, what: "every six hours" },
])("spreads what is asked $what over some time, so that what was planned together does not stay together", ({ at }) => {
  const [earliest, middle, latest] = [planned(at, 0), planned(at, 0.5), planned(at, 0.999)];
  expect(earliest).toBeGreaterThan(0);
  expect(middle).toBeGreaterThan(earliest);
  expect(latest).toBeGreaterThan(middle);
  expect(latest).toBeLessThan(earliest * 1.2);
});

it("spreads enquiries about awaited approvals too", () => {
  const awaited = { status: "awaiting_approval" } as const;
  expect(planned(30, 0.999, awaited)).toBeGreaterThan(planned(30, 0, awaited));
});
