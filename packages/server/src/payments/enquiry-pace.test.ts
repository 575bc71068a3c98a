import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Asker, type ExchangeState, permit, probeEveryMs } from "./enquiry-pace.ts";

const quiet: ExchangeState = { backgroundUntilMs: 0, callersUntilMs: 0, openedAtMs: null, probeAtMs: null };
const seed = Number(process.env["TEST_SEED"] ?? Date.now() % 1_000_000);

const background = (wanted: number): Asker => ({ kind: "background", wanted });
const caller = (patienceMs = 2_000): Asker => ({ kind: "caller", patienceMs });

interface Step {
  readonly afterMs: number;
  readonly asker: Asker;
}

/** When each enquiry went, if so was asked for. */
function play(steps: readonly Step[], ratePerS: number): { background: number[]; callers: number[] } {
  let state = quiet;
  let nowMs = 1_000_000;
  const went = { background: [] as number[], callers: [] as number[] };
  for (const { afterMs, asker } of steps) {
    nowMs += afterMs;
    const permission = permit(state, nowMs, asker, ratePerS);
    state = permission.state;
    const list = asker.kind === "caller" ? went.callers : went.background;
    for (let i = 0; i < permission.granted; i += 1) list.push(nowMs + permission.startInMs);
  }
  return went;
}

/** The most that went in any second. */
function busiestSecond(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return Math.max(0, ...sorted.map((from) => sorted.filter((at) => at >= from && at < from + 1_000).length));
}

const anySteps = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 5_000 })),
    asker: fc.oneof(
      fc.record({ kind: fc.constant("background" as const), wanted: fc.integer({ min: 0, max: 40 }) }),
      fc.record({ kind: fc.constant("caller" as const), patienceMs: fc.integer({ min: 0, max: 3_000 }) }),
    ),
  }),
  { maxLength: 120 },
);

it(`lets no second have more enquiries than the rate, whoever asks and when (seed ${seed})`, () => {
  fc.assert(
    fc.property(anySteps, fc.integer({ min: 2, max: 60 }), (steps, ratePerS) => {
      const went = play(steps, ratePerS);
      expect(busiestSecond([...went.background, ...went.callers])).toBeLessThanOrEqual(ratePerS);
    }),
    { seed, numRuns: 3_000 },
  );
});

describe.each([2, 3, 5, 10, 50])("at %s a second", (ratePerS) => {
  const everyTenMs = (asker: Asker, seconds: number): Step[] =>
    Array.from({ length: seconds * 100 }, () => ({ afterMs: 10, asker }));

  it("the background alone gets nearly all of it", () => {
    const { background: went } = play(everyTenMs(background(40), 60), ratePerS);
    expect(went.length / 60).toBeGreaterThan(ratePerS * 0.75);
  });

  it("callers who do nothing but ask leave the background its half", () => {
    const both = everyTenMs(caller(), 60).flatMap((step) => [step, { afterMs: 0, asker: background(40) }]);
    const went = play(both, ratePerS);
    expect(went.background.length / 60).toBeGreaterThan(ratePerS * 0.33);
    expect(went.callers.length / 60).toBeGreaterThan(ratePerS * 0.33);
  });
});

it("lets a caller wait for a turn as long as the caller's patience lasts, and then says when to come again", () => {
  let state = quiet;
  const starts: number[] = [];
  for (;;) {
    const permission = permit(state, 5_000, caller(1_000), 10);
    state = permission.state;
    if (permission.granted === 0) {
      expect(permission).toMatchObject({ why: "paced" });
      expect(permission.retryAfterMs).toBeGreaterThan(1_000);
      break;
    }
    starts.push(permission.startInMs);
  }
  expect(starts[0]).toBe(0);
  expect(starts.at(-1)).toBeLessThanOrEqual(1_000);
  expect(starts).toEqual([...starts].sort((a, b) => a - b));
});

it("lets one probe through while the network does not answer, and none while that one is under way", () => {
  const open: ExchangeState = { ...quiet, openedAtMs: 10_000, probeAtMs: 25_000 };
  expect(permit(open, 24_000, background(16), 10)).toMatchObject({ granted: 0, why: "open", retryAfterMs: 1_000 });
  const probing = permit(open, 25_000, background(16), 10);
  expect(probing).toMatchObject({ granted: 1, why: "open" });
  expect(permit(probing.state, 25_000 + probeEveryMs - 1, caller(), 10)).toMatchObject({ granted: 0, why: "open" });
  expect(permit(probing.state, 25_000 + probeEveryMs, caller(), 10)).toMatchObject({ granted: 1 });
});
