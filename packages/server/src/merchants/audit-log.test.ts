import { afterAll, beforeAll, expect, it } from "vitest";
import { ownerDb } from "../testing/owner-db.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { type Actor, listAudit } from "./audit-log.ts";
import {
  changeApiKey,
  createApiKey,
  revokeApiKey,
  rollApiKey,
  type ShownKey,
  setKeyAllowList,
} from "./change-api-keys.ts";
import { changeCollection, createCollection, setCollectionAllowList } from "./change-collections.ts";
import { createMerchant } from "./create-merchant.ts";
import { importMerchantKey } from "./import-merchant-key.ts";

let core: TestCore;
beforeAll(async () => {
  core = await openTestCore();
});
afterAll(() => core.close());

const person: Actor = { kind: "operator", name: "Aminah" };
const entries = (objectId: string) =>
  listAudit(core.gateway, { objectId, merchantId: null, limit: 100 }).then((found) =>
    found.map(({ action, changes }) => ({ action, changes })),
  );

async function newKey(actor: Actor = person): Promise<ShownKey> {
  const made = await createApiKey(core.gateway, actor, core.merchant.collectionId, "api_key", { name: "Shop" });
  if (made === undefined) throw new Error("no collection");
  return made;
}

it("says of every change of a key what was and what became of it", async () => {
  const { record } = await newKey();
  await changeApiKey(core.gateway, person, record.id, { name: "Till", scopes: ["payments:read"] });
  await setKeyAllowList(core.gateway, person, record.id, () => ["203.0.113.7"]);
  const rolled = await rollApiKey(core.gateway, person, record.id, { overlapHours: 1 });
  const revoked = await revokeApiKey(core.gateway, person, record.id);
  expect((await entries(record.id)).reverse()).toEqual([
    {
      action: "api_key.created",
      changes: {
        collection: { old: null, new: core.merchant.collectionId },
        kind: { old: null, new: "api_key" },
        name: { old: null, new: "Shop" },
        scopes: { old: null, new: ["payments:read", "payments:write"] },
        ip_allow_list: { old: null, new: [] },
      },
    },
    {
      action: "api_key.changed",
      changes: {
        name: { old: "Shop", new: "Till" },
        scopes: { old: ["payments:read", "payments:write"], new: ["payments:read"] },
      },
    },
    { action: "api_key.ip_allow_list_changed", changes: { ip_allow_list: { old: [], new: ["203.0.113.7"] } } },
    { action: "api_key.rolled", changes: { expires_at: { old: null, new: rolled?.old.expiresAt?.toISOString() } } },
    { action: "api_key.revoked", changes: { revoked_at: { old: null, new: revoked?.revokedAt?.toISOString() } } },
  ]);
  expect(await entries(rolled?.record.id ?? "")).toMatchObject([
    { action: "api_key.created", changes: { rolled_from: { old: null, new: record.id } } },
  ]);
});

it("says of every change of a collection what was and what became of it", async () => {
  const { merchantId } = core.merchant;
  const made = await createCollection(core.gateway, person, {
    merchantId,
    name: "Two",
    website: "https://two.example",
  });
  const id = made.collectionId;
  await changeCollection(core.gateway, person, id, { name: "Second", apiEnabled: false });
  await changeCollection(core.gateway, person, id, { apiEnabled: true });
  await setCollectionAllowList(core.gateway, person, id, () => ["::ffff:203.0.113.7"]);
  const found = await entries(id);
  expect(found.map(({ action }) => action).sort()).toEqual([
    "collection.api_disabled",
    "collection.api_enabled",
    "collection.changed",
    "collection.created",
    "collection.ip_allow_list_changed",
  ]);
  expect(found).toContainEqual({ action: "collection.changed", changes: { name: { old: "Two", new: "Second" } } });
  expect(found).toContainEqual({
    action: "collection.api_disabled",
    changes: { api_enabled: { old: true, new: false } },
  });
  expect(found).toContainEqual({
    action: "collection.ip_allow_list_changed",
    changes: { ip_allow_list: { old: [], new: ["203.0.113.7"] } },
  });
  expect(await entries(made.merchantKey.id)).toMatchObject([{ action: "api_key.created" }]);
});

it("says who it was: a person by name, a key by its id and the address it called from", async () => {
  const { merchantId, collectionId } = core.merchant;
  const keyId = core.merchant.apiKey.id;
  const caller: Actor = { kind: "key", keyId, merchantId, collectionId, address: "203.0.113.9" };
  const byKey = await newKey(caller);
  const byPerson = await newKey();
  const first = async (objectId: string) =>
    (await listAudit(core.gateway, { objectId, merchantId: null, limit: 1 }))[0];
  expect(await first(byKey.record.id)).toMatchObject({ actorKind: "key", actor: keyId, address: "203.0.113.9" });
  expect(await first(byPerson.record.id)).toMatchObject({ actorKind: "operator", actor: "Aminah", address: null });
});

it("writes down a new merchant with its collection and keys, and an imported key", async () => {
  const made = await createMerchant(
    core.gateway,
    { name: "Kedai", collectionName: "Main", website: "https://kedai.example" },
    person,
  );
  await importMerchantKey(core.gateway, person, made.collectionId, { key: "hosted-key-0001", name: "" });
  const found = await listAudit(core.gateway, { objectId: null, merchantId: made.merchantId, limit: 100 });
  expect(found.map(({ action }) => action).sort()).toEqual([
    "api_key.created",
    "api_key.created",
    "api_key.imported",
    "collection.created",
    "merchant.created",
  ]);
});

it("holds nothing of a change that was refused, and nothing when nothing changed", async () => {
  const { record } = await newKey();
  const before = await entries(record.id);
  await expect(
    changeApiKey(core.gateway, person, record.id, { name: "Other", expiresAt: new Date(0) }),
  ).rejects.toThrow();
  await changeApiKey(core.gateway, person, record.id, { name: "Shop" });
  await setKeyAllowList(core.gateway, person, record.id, () => []);
  expect(await entries(record.id)).toEqual(before);
});

it("commits with the change or not at all", async () => {
  const { record } = await newKey();
  const failing: typeof core.gateway.db = {
    ...core.gateway.db,
    transaction: (name, work) =>
      core.gateway.db.transaction(name, (tx) =>
        work({
          ...tx,
          query: (text, values) => {
            if (text.includes("insert into audit_log")) throw new Error("the disk is full");
            return tx.query(text, values);
          },
        }),
      ),
  };
  const broken = { ...core.gateway, db: failing };
  for (const change of [
    () => revokeApiKey(broken, person, record.id),
    () => changeApiKey(broken, person, record.id, { name: "Other" }),
    () => setKeyAllowList(broken, person, record.id, () => ["203.0.113.7"]),
    () => rollApiKey(broken, person, record.id, { overlapHours: 0 }),
    () => changeCollection(broken, person, core.merchant.collectionId, { apiEnabled: false }),
  ]) {
    await expect(change()).rejects.toThrow("the disk is full");
  }
  const rows = await core.gateway.db.query(
    `select k.name, k.revoked_at, k.expires_at, k.ip_allow_list, c.api_enabled,
            (select count(*) from api_keys r where r.rolled_from = k.id) as rolled
     from api_keys k join collections c on c.id = k.collection_id where k.id = $1`,
    [record.id],
  );
  expect(rows).toEqual([
    { name: "Shop", revoked_at: null, expires_at: null, ip_allow_list: [], api_enabled: true, rolled: 0 },
  ]);
});

it.each(["update audit_log set actor = 'nobody'", "delete from audit_log", "truncate audit_log"])(
  "cannot be rewritten, by the tables' owner either: %s",
  async (statement) => {
    await newKey();
    await expect(core.gateway.db.query(statement)).rejects.toThrow(/permission denied/);
    const owner = ownerDb(core.database);
    await expect(owner.query(statement)).rejects.toThrow(/append-only/);
    await owner.close();
  },
);
