import type { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sealPurposes } from "../seams/seal.ts";
import { testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { callbackKeyOf } from "./api-keys.ts";
import { authenticate, authenticateMerchantKey } from "./authenticate.ts";
import { createApiKey, rollApiKey } from "./change-api-keys.ts";

const clock = testClock();
let core: TestCore;
beforeAll(async () => {
  core = await openTestCore({ clock });
});
afterAll(() => core.close());

const operator = { kind: "operator", name: "test" } as const;
const hourMs = 3_600_000;

async function newKey(expiresAt: Date | null = null) {
  const traits = { expiresAt, name: "Shop", scopes: ["payments:read"], ipAllowList: ["203.0.113.0/24"] } as const;
  const made = await createApiKey(core.gateway, operator, core.merchant.collectionId, "api_key", traits);
  if (made === undefined) throw new Error("no collection");
  return made;
}
const verdict = (key: string) =>
  authenticate(core.gateway, `Bearer ${key}`).then(
    () => "ok",
    (error: GatewayError) => error.code,
  );

it("lets the old key work for exactly the overlap, never beyond its own end, and the new one without a gap", async () => {
  const cases = fc.record({
    overlapHours: fc.integer({ min: 0, max: 168 }),
    ownEndHours: fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }),
    newEndHours: fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }),
    probes: fc.array(fc.integer({ min: 0, max: 300 * hourMs }), { maxLength: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ overlapHours, ownEndHours, newEndHours, probes }) => {
      const startMs = clock.now().getTime();
      const after = (hours: number | undefined) => (hours === undefined ? null : new Date(startMs + hours * hourMs));
      const old = await newKey(after(ownEndHours));
      const rolled = await rollApiKey(core.gateway, operator, old.record.id, {
        overlapHours,
        expiresAt: after(newEndHours),
      });
      if (rolled === undefined) throw new Error("the key is missing");
      const oldEndMs = Math.min(overlapHours, ownEndHours ?? Infinity) * hourMs;
      const newEndMs = (newEndHours ?? Infinity) * hourMs;
      expect(rolled.old.expiresAt).toEqual(new Date(startMs + oldEndMs));
      const edges = [oldEndMs - 1, oldEndMs, oldEndMs + 1, newEndMs - 1, newEndMs].filter(Number.isFinite);
      const moments = [0, ...probes, ...edges].filter((ms) => ms >= 0).sort((a, b) => a - b);
      for (const ms of moments) {
        clock.advance(startMs + ms - clock.now().getTime());
        expect(await verdict(old.issued.key), `old after ${ms} ms`).toBe(ms < oldEndMs ? "ok" : "key_expired");
        expect(await verdict(rolled.issued.key), `new after ${ms} ms`).toBe(ms < newEndMs ? "ok" : "key_expired");
      }
    }),
    { numRuns: 60 },
  );
});

it("gives the new key what the old one had, and says where it came from", async () => {
  const old = await newKey();
  const rolled = await rollApiKey(core.gateway, operator, old.record.id, { overlapHours: 24 });
  expect(rolled?.record).toMatchObject({
    name: "Shop",
    kind: "api_key",
    scopes: ["payments:read"],
    ipAllowList: ["203.0.113.0/24"],
    collectionId: core.merchant.collectionId,
    rolledFrom: old.record.id,
    expiresAt: null,
  });
  expect(rolled?.issued.key).not.toBe(old.issued.key);
});

it("leaves a way out when the answer with the new key was lost: the old key can be rolled again in its overlap", async () => {
  const old = await newKey();
  const first = await rollApiKey(core.gateway, operator, old.record.id, { overlapHours: 1 });
  const again = await rollApiKey(core.gateway, operator, old.record.id, { overlapHours: 168 });
  expect(again?.old.expiresAt).toEqual(first?.old.expiresAt);
  expect(await verdict(again?.issued.key ?? "")).toBe("ok");
});

it("does not roll a key that has ended", async () => {
  const old = await newKey();
  await rollApiKey(core.gateway, operator, old.record.id, { overlapHours: 0 });
  expect(await verdict(old.issued.key)).toBe("key_expired");
  await expect(rollApiKey(core.gateway, operator, old.record.id, { overlapHours: 1 })).rejects.toThrow(
    expect.objectContaining({ code: "key_not_active" }),
  );
});

it("makes one new key for each roll, also when two come at once", async () => {
  const old = await newKey();
  const both = await Promise.all(
    [1, 2].map(() => rollApiKey(core.gateway, operator, old.record.id, { overlapHours: 2 })),
  );
  const keys = both.map((each) => each?.issued.key ?? "");
  expect(new Set(keys).size).toBe(2);
  for (const key of keys) expect(await verdict(key)).toBe("ok");
});

it("rolls a merchant key into one that signs callbacks with a key of its own", async () => {
  const rolled = await rollApiKey(core.gateway, operator, core.merchant.merchantKey.id, { overlapHours: 168 });
  const key = rolled?.issued.key ?? "";
  expect((await authenticateMerchantKey(core.gateway, key)).collectionId).toBe(core.merchant.collectionId);
  const rows = await core.gateway.db.query<{ sealed: Buffer }>(
    "select callback_key_sealed as sealed from api_keys where id = $1",
    [rolled?.issued.id],
  );
  const sealed = rows[0]?.sealed ?? Buffer.alloc(0);
  expect(core.gateway.seal.open(sealed, sealPurposes.callbackKey)).toEqual(callbackKeyOf(key));
});
