import { beforeEach, describe, expect, it } from "vitest";
import { startJobs } from "../jobs/loop.ts";
import { settings } from "../settings.ts";
import { tellFigures } from "../testing/tell-figures.ts";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { eventSource } from "../testing/test-events.ts";
import { besideTheDead, openCrowd, outage } from "../testing/trials/dead-receiver.ts";
import { everyEventTrial } from "../testing/trials/every-event.ts";
import { rotationTrial } from "../testing/trials/rotation.ts";
import { openReceiver } from "../testing/webhook-receiver.ts";
import { deliverDue } from "./deliver.ts";

/** A long run multiplies what these send; see the figures that each tells. */
const scale = Number(process.env["TEST_RUNS"] ?? 1);
const seed = Number(process.env["TEST_SEED"] ?? Date.now() % 1_000_000);
const timeout = 60_000 * Math.max(1, scale);

let core: TestCore;
let clock: TestClock;
beforeEach(async () => {
  clock = testClock();
  core = await openTestCore({ clock, settings: { KINETICPAY_POLL_INTERVAL_MS: "20" } });
  return () => core.close();
});

it(`brings every event to every endpoint, whole, signed and under one id, whatever fails (seed ${seed})`, {
  timeout,
}, async () => {
  const wish = { events: Math.round(25 * scale), endpoints: 6, deaths: Math.round(10 * scale), seed };
  const figures = await everyEventTrial(core, clock, wish);
  tellFigures("every event", { ...figures, seed });
  expect(figures).toMatchObject({ lost: 0, badSignatures: 0, altered: 0 });
  expect(figures.owed).toBe((wish.events + 1) * wish.endpoints);
  // Chance chose when it died; that it died in earnest shows in what had to be sent again.
  expect(figures.died).toBeGreaterThan(0);
  expect(figures.repeated).toBeGreaterThan(0);
});

describe("a dead endpoint", () => {
  it("delays no other, however much waits for it, and has five calls at once", { timeout }, async () => {
    const wish = { backlog: Math.round(300 * scale), goodEndpoints: 99, eventsOfGood: Math.round(5 * scale) };
    const crowd = await openCrowd(core, wish.goodEndpoints);
    const figures = await besideTheDead(core, crowd, wish);
    tellFigures("beside a dead endpoint", { ...figures });
    expect(figures.arrivedAtGood).toBe(figures.owedToGood);
    // All that it was sent until then is still open: the good ones were told everything before it had answered once.
    expect(figures.openAtDead).toBe(5);
    expect(crowd.receiver.mostAtOnce(crowd.dead)).toBe(5);
    expect(figures.deadBeforeGood).toBeLessThanOrEqual(5);
    expect(figures.mostAtOnceAtAnyGood).toBeLessThanOrEqual(5);
    await crowd.receiver.close();
  });

  it("delays none that has lately answered promptly, not even as one of more than there are places for", async () => {
    const few = await openTestCore({
      clock,
      settings: { KINETICPAY_POLL_INTERVAL_MS: "20", KINETICPAY_CALLBACK_CONCURRENCY: "20" },
    });
    const crowd = await openCrowd(few, 12);
    const [healthy = "", ...hanging] = crowd.good;
    await crowd.fillGood(1);
    await deliverDue(few.gateway);
    const open: { end(): void }[] = [];
    for (const path of hanging) crowd.receiver.behave(path, (response) => void open.push(response));
    await crowd.fillGood(10);
    const running = deliverDue(few.gateway);
    // They answered promptly until now, and could take every place there is: more than twice over.
    expect(hanging.length * 5).toBeGreaterThan(2 * few.gateway.config.callbackConcurrency);
    await expect.poll(() => crowd.receiver.at(healthy).length, { timeout: 12_000 }).toBe(11);
    await expect.poll(() => open.length, { timeout: 12_000 }).toBeGreaterThan(20);
    await crowd.fillGood(1);
    await expect.poll(() => crowd.receiver.at(healthy).length, { timeout: 2_000 }).toBe(12);
    // Not one of them has timed out yet: what made room is that they hang.
    expect(crowd.receiver.shop.received.filter((call) => call.path !== healthy)).toHaveLength(
      open.length + hanging.length,
    );
    for (const path of hanging) crowd.receiver.behave(path, undefined);
    for (const response of open) response.end();
    await running;
    await crowd.receiver.close();
    await few.close();
  });

  it("that was down for two hours is told everything at its next step, and not all at once", { timeout }, async () => {
    const crowd = await openCrowd(core, 0);
    await crowd.fillDead(Math.round(200 * scale));
    const figures = await outage(core, clock, crowd, 2);
    tellFigures("after an outage", { ...figures });
    expect(figures.delivered).toBe(figures.owed);
    expect(figures.owed).toBe(Math.round(200 * scale));
    // Due at the step that the schedule has after two hours, whose wait is two hours give or take a fifth.
    expect(figures.latestS).toBeLessThanOrEqual(30);
    const step = settings.callbackSchedule.fallback[3] ?? 0;
    expect(figures.longestWaitS).toBeLessThanOrEqual(step * 1.2);
    expect(figures.spreadS).toBeGreaterThan(step * 0.2);
    expect(figures.mostAtOnce).toBeLessThanOrEqual(5);
    await crowd.receiver.close();
  });
});

it("makes the first try within a second of the commit, also when another process recorded the event", {
  timeout,
}, async () => {
  const real = await openTestCore();
  const receiver = await openReceiver();
  const source = eventSource(real);
  await source.endpoint(`${receiver.url}/prompt`);
  const record = await source.payment();
  const jobs = startJobs(real.gateway, [{ name: "deliver", run: deliverDue }]);
  const committed = new Map<string, number>();
  const arrived = new Map<string, number>();
  receiver.behave("/prompt", (response, call) => {
    arrived.set(String(call.headers["webhook-id"]), performance.now());
    response.end();
  });
  const events = Math.round(150 * scale);
  for (let i = 0; i < events; i += 1) {
    // Nothing wakes the sender, as nothing in another process could: it has to look for itself.
    committed.set(await record("payment.processing"), performance.now());
    await new Promise((resolve) => setTimeout(resolve, 7));
  }
  await expect.poll(() => [...committed.keys()].filter((id) => !arrived.has(id)), { timeout: 10_000 }).toEqual([]);
  const waits = [...committed].map(([id, at]) => (arrived.get(id) ?? 0) - at).sort((a, b) => a - b);
  const quantile = (share: number) => Math.round(waits[Math.ceil(waits.length * share) - 1] ?? 0);
  tellFigures("first try, in ms", { events, p50: quantile(0.5), p99: quantile(0.99) });
  expect(quantile(0.99)).toBeLessThanOrEqual(1_000);
  await jobs.stop();
  await receiver.close();
  await real.close();
});

it("rolls a secret in the middle of a stream without one request that its receiver cannot verify", {
  timeout,
}, async () => {
  const wish = { rolls: Math.round(3 * scale), eventsBetween: 20 };
  const figures = await rotationTrial(core, clock, wish);
  tellFigures("rotation", { rolls: wish.rolls, ...figures });
  const verified = { unverifiableWithOld: 0, unverifiableWithNew: 0, acceptedWithOld: 0, refusedWithNew: 0 };
  expect(figures).toMatchObject(verified);
  expect(figures.after).toBe(wish.rolls * wish.eventsBetween);
});
