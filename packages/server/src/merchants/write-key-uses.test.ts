import { afterAll, beforeAll, expect, it } from "vitest";
import { createKeyUses, keyUseIntervalMs } from "../seams/key-uses.ts";
import { testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { startWritingKeyUses, writeKeyUses } from "./write-key-uses.ts";

const clock = testClock();
let core: TestCore;
beforeAll(async () => {
  core = await openTestCore({ clock });
});
afterAll(() => core.close());

const note = (address: string, keyId = core.merchant.apiKey.id) =>
  core.gateway.keyUses.note({ keyId, at: clock.now(), address });

async function lastUse(keyId = core.merchant.apiKey.id) {
  const rows = await core.gateway.db.query<{ at: Date | null; address: string | null }>(
    "select last_used_at as at, last_used_address as address from api_keys where id = $1",
    [keyId],
  );
  return rows[0];
}

it("writes the newest use of a key, and at most one in half a minute however often it calls", async () => {
  let writes = 0;
  for (let second = 0; second < 90; second += 1) {
    for (let call = 0; call < 100; call += 1) note(`203.0.113.${second}`);
    writes += await writeKeyUses(core.gateway);
    if (second === 0) expect(await lastUse()).toEqual({ at: clock.now(), address: "203.0.113.0" });
    clock.advance(1_000);
  }
  expect(writes).toBe(90_000 / keyUseIntervalMs);
  expect((await lastUse())?.address).toBe("203.0.113.60");
});

it("writes many keys in one statement", async () => {
  clock.advance(keyUseIntervalMs);
  note("203.0.113.7");
  note("203.0.113.8", core.merchant.merchantKey.id);
  let statements = 0;
  const db: typeof core.gateway.db = {
    ...core.gateway.db,
    write: (name, text, values) => {
      statements += 1;
      return core.gateway.db.write(name, text, values);
    },
  };
  expect(await writeKeyUses({ ...core.gateway, db })).toBe(2);
  expect(statements).toBe(1);
  expect((await lastUse())?.address).toBe("203.0.113.7");
  expect((await lastUse(core.merchant.merchantKey.id))?.address).toBe("203.0.113.8");
});

it("fails nothing when the database is away, and writes what it kept once it is back", async () => {
  clock.advance(keyUseIntervalMs);
  note("203.0.113.9");
  const at = clock.now();
  const away = { ...core.gateway.db, write: () => Promise.reject(new Error("the database is away")) };
  expect(await writeKeyUses({ ...core.gateway, db: away })).toBe(0);
  clock.advance(1_000);
  expect(await writeKeyUses(core.gateway)).toBe(1);
  expect(await lastUse()).toEqual({ at, address: "203.0.113.9" });
});

it("never goes back to an older use that another process had still to write", async () => {
  clock.advance(keyUseIntervalMs);
  const other = createKeyUses();
  other.note({ keyId: core.merchant.apiKey.id, at: clock.now(), address: "203.0.113.10" });
  clock.advance(1_000);
  note("203.0.113.11");
  await writeKeyUses(core.gateway);
  await writeKeyUses({ ...core.gateway, keyUses: other });
  expect((await lastUse())?.address).toBe("203.0.113.11");
});

it("writes what is left when it stops, due or not", async () => {
  const writer = startWritingKeyUses(core.gateway);
  note("203.0.113.12");
  await writer.stop();
  expect((await lastUse())?.address).toBe("203.0.113.12");
});

it("goes on taking notes of known keys when more keys call than it has room for", () => {
  const uses = createKeyUses();
  const at = new Date();
  for (let i = 0; i < 20_000; i += 1) uses.note({ keyId: `key_${i}`, at, address: "203.0.113.1" });
  uses.note({ keyId: "key_0", at, address: "203.0.113.2" });
  const taken = uses.take(at);
  expect(taken).toHaveLength(10_000);
  expect(taken.find((use) => use.keyId === "key_0")?.address).toBe("203.0.113.2");
});

it("lets writers of several processes pass each other without a deadlock", async () => {
  const ids = [core.merchant.apiKey.id, core.merchant.merchantKey.id];
  for (let round = 0; round < 20; round += 1) {
    clock.advance(keyUseIntervalMs);
    const writers = [ids, [...ids].reverse(), ids, [...ids].reverse()].map((order) => {
      const keyUses = createKeyUses();
      for (const keyId of order) keyUses.note({ keyId, at: clock.now(), address: "203.0.113.13" });
      return writeKeyUses({ ...core.gateway, keyUses });
    });
    expect(await Promise.all(writers)).toEqual([2, 2, 2, 2]);
  }
});
