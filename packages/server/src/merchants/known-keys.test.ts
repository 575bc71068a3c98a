import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Caller } from "./caller.ts";
import { createKnownKeys, type KnownKey } from "./known-keys.ts";

const caller = (keyId: string): Caller => ({
  keyId,
  keyHint: "kp_test_…abcd",
  keyName: "",
  merchantId: "mer_1",
  merchantName: "Kedai",
  collectionId: "col_1",
  collectionName: "Main",
  apiEnabled: true,
  scopes: [],
  expiresAt: null,
  keyAllowList: [],
  collectionAllowList: [],
});
const keyOf = (id: string): KnownKey => ({ kind: "api_key", caller: caller(id), revokedAt: null, expiresAt: null });

function open(mostKept = 10) {
  let ms = 1_000;
  const known = createKnownKeys({ freshMs: 800, mostKept, nowMs: () => ms });
  const pass = (by: number) => {
    ms += by;
  };
  return { known, pass };
}

describe("keys in memory", () => {
  it("are believed for as long as the version was seen less than the time ago, and not a millisecond longer", () => {
    const { known, pass } = open();
    known.learn(known.beginLook(), 1, "a", keyOf("key_a"));
    pass(799);
    expect(known.find("a")?.caller.keyId).toBe("key_a");
    pass(1);
    expect(known.find("a")).toBeUndefined();
    known.confirm(known.beginLook(), 1);
    expect(known.find("a")?.caller.keyId).toBe("key_a");
  });

  it("count a look from its beginning, however long it took", () => {
    const { known, pass } = open();
    const look = known.beginLook();
    pass(700);
    known.learn(look, 1, "a", keyOf("key_a"));
    pass(100);
    expect(known.find("a")).toBeUndefined();
  });

  it("are all forgotten when the version has risen, and what an older look brings is not kept", () => {
    const { known, pass } = open();
    const slow = known.beginLook();
    known.learn(known.beginLook(), 1, "a", keyOf("key_a"));
    known.learn(known.beginLook(), 1, "b", null);
    pass(10);
    known.confirm(known.beginLook(), 2);
    expect([known.find("a"), known.find("b")]).toEqual([undefined, undefined]);
    known.learn(slow, 1, "a", keyOf("key_a"));
    expect(known.find("a")).toBeUndefined();
  });

  it("are asked for anew after a change by this process, also when a look was under way", () => {
    const { known, pass } = open();
    known.learn(known.beginLook(), 1, "a", keyOf("key_a"));
    const underWay = known.beginLook();
    pass(1);
    known.forget();
    known.learn(underWay, 1, "a", keyOf("key_a"));
    known.confirm(underWay, 1);
    expect(known.find("a")).toBeUndefined();
  });

  it("cannot be pushed out by guesses, and are no more than their number", () => {
    const { known } = open(3);
    known.learn(known.beginLook(), 1, "a", keyOf("key_a"));
    for (let i = 0; i < 100; i += 1) known.learn(known.beginLook(), 1, `guess ${i}`, null);
    expect(known.find("a")?.caller.keyId).toBe("key_a");
    expect(known.find("guess 99")).toBeNull();
    expect(known.find("guess 0")).toBeUndefined();
    for (let i = 0; i < 3; i += 1) known.learn(known.beginLook(), 1, `more ${i}`, keyOf(`key_${i}`));
    expect(known.find("a")).toBeUndefined();
  });

  it("have their version looked at by one call in a quarter of the time, and not by each", () => {
    const { known, pass } = open();
    expect([known.isDue(), known.isDue()]).toEqual([true, false]);
    pass(200);
    expect([known.isDue(), known.isDue()]).toEqual([true, false]);
  });
});

/** What a process may do with its memory while somebody else changes the key, at any moment. */
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 0, max: 500 }) }),
    fc.record({ kind: fc.constantFrom("change" as const, "begin" as const, "find" as const) }),
    fc.record({ kind: fc.constantFrom("learn" as const, "confirm" as const), which: fc.nat(3) }),
  ),
  { maxLength: 60 },
);

it("never shows a key as it was longer ago than the time, in any order of changes and of looks that come late", () => {
  const seed = Number(process.env["KINETICPAY_TEST_SEED"] ?? Date.now() % 1_000_000);
  fc.assert(
    fc.property(steps, (plan) => {
      let ms = 0;
      let version = 1;
      let changedMs = 0;
      const known = createKnownKeys({ freshMs: 800, nowMs: () => ms });
      const looks: { look: { startedMs: number }; seen: number }[] = [];
      for (const step of plan) {
        if (step.kind === "pass") ms += step.ms;
        if (step.kind === "change") {
          version += 1;
          changedMs = ms;
        }
        // The snapshot is taken somewhere after the beginning; the earliest is the worst.
        if (step.kind === "begin") looks.push({ look: known.beginLook(), seen: version });
        if (step.kind === "learn" || step.kind === "confirm") {
          const late = looks[step.which % Math.max(1, looks.length)];
          if (late === undefined) continue;
          if (step.kind === "learn") known.learn(late.look, late.seen, "a", keyOf(`as of ${late.seen}`));
          else known.confirm(late.look, late.seen);
        }
        const shown = known.find("a");
        if (shown !== undefined && shown !== null && shown.caller.keyId !== `as of ${version}`) {
          expect(ms - changedMs).toBeLessThan(800);
        }
      }
    }),
    { seed, numRuns: 3_000 },
  );
});
