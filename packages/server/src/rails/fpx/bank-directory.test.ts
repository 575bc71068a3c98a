import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ExchangeWorld, openExchangeWorld } from "../../testing/exchange-world.ts";
import { type TestClock, testClock } from "../../testing/test-clock.ts";

let clock: TestClock;
let world: ExchangeWorld;
beforeAll(async () => {
  clock = testClock();
  world = await openExchangeWorld({ clock, patienceMs: 3_000 });
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.disturb(undefined);
  clock.advance(10_000);
  await banks();
  clock.advance(10_000);
  await banks();
  clock.advance(10_000);
});

const asked = () => world.calls.filter((call) => call.what === "bank list").length;
const rail = () => {
  const [gateway] = world.processes;
  if (gateway === undefined) throw new Error("no process");
  return gateway.rail;
};
const banks = () => rail().banks("b2c");
const isOnline = async (id: string) => (await banks()).banks.find((bank) => bank.id === id)?.online;

it("asks once, however many buyers look at the same moment, and again after some seconds", async () => {
  const before = asked();
  const lists = await Promise.all(Array.from({ length: 50 }, banks));
  expect(asked()).toBe(before + 1);
  expect(new Set(lists.map((list) => list.asOf?.getTime()))).toEqual(new Set([clock.now().getTime()]));
  clock.advance(4_999);
  await banks();
  expect(asked()).toBe(before + 1);
  clock.advance(1);
  await banks();
  expect(asked()).toBe(before + 2);
});

it("shows a change within seconds", async () => {
  expect(await isOnline("MB2U0227")).toBe(true);
  await world.setBank("MB2U0227", false);
  clock.advance(5_000);
  expect(await isOnline("MB2U0227")).toBe(false);
  await world.setBank("MB2U0227", true);
  clock.advance(5_000);
  expect(await isOnline("MB2U0227")).toBe(true);
});

describe.each([
  ["garbage", "bad_response"],
  ["html", "bad_response"],
  ["error", "bad_response"],
  ["oversized", "bad_response"],
  ["http_500", "bad_response"],
  ["bad_signature", "bad_response"],
  ["wrong_key", "bad_response"],
  ["reset", "unreachable"],
  ["closed", "unreachable"],
  ["slow", "timeout"],
] as const)("while the exchange's answer is: %s", (be, reason) => {
  it("tells for a minute what it last heard, then every bank as one to try, and why; nobody waits but the first", async () => {
    await world.setBank("CIT0219", false);
    await banks();
    const heardAt = clock.now();
    expect(await isOnline("CIT0219")).toBe(false);
    await world.disturb({ be, slow_ms: 8_000 });
    clock.advance(5_000);
    expect(await banks()).toMatchObject({ asOf: heardAt, fault: { reason } });
    const before = asked();
    clock.advance(3_000);
    const started = performance.now();
    const lists = await Promise.all(Array.from({ length: 20 }, banks));
    expect(performance.now() - started).toBeLessThan(500);
    expect(asked()).toBeLessThanOrEqual(before + 1);
    expect(lists[0]?.banks.find((bank) => bank.id === "CIT0219")?.online).toBe(false);
    clock.advance(52_000);
    const assumed = await banks();
    expect(assumed).toMatchObject({ asOf: undefined, fault: { reason } });
    expect(assumed.banks.every((bank) => bank.online)).toBe(true);
    expect(assumed.banks.map((bank) => bank.id)).toEqual(lists[0]?.banks.map((bank) => bank.id));
    await world.disturb(undefined);
    await world.setBank("CIT0219", true);
  });
});

it("believes FPX again with its next answer", async () => {
  await world.disturb({ be: "reset" });
  await banks();
  await world.disturb(undefined);
  clock.advance(3_000);
  await banks();
  await expect.poll(banks).toMatchObject({ asOf: clock.now(), fault: undefined });
});
