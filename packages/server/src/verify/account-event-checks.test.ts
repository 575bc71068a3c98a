import { eventTypes } from "@kineticpay/contract/events/catalogue";
import { afterAll, beforeAll, expect, it } from "vitest";
import { noteBankStatus } from "../banks/note-bank-status.ts";
import { disableEndpoint } from "../callbacks/disable-endpoint.ts";
import type { Actor } from "../merchants/audit-log.ts";
import { changeApiKey, createApiKey, revokeApiKey, rollApiKey, setKeyAllowList } from "../merchants/change-api-keys.ts";
import { changeCollection, createCollection, setCollectionAllowList } from "../merchants/change-collections.ts";
import { importMerchantKey } from "../merchants/import-merchant-key.ts";
import { type Forger, openForger } from "../testing/forger.ts";
import { agoMs, monthOf, openPartitionWorld, type PartitionWorld } from "../testing/partition-world.ts";
import { eventSource } from "../testing/test-events.ts";
import { changeEndpoint, createEndpoint, deleteEndpoint, switchEndpoint } from "../webhooks/change-endpoints.ts";
import { rollSecret } from "../webhooks/roll-secret.ts";
import { testEndpoint } from "../webhooks/test-endpoint.ts";
import type { Proof } from "./prove.ts";
import { verify } from "./verify.ts";

const person: Actor = { kind: "operator", name: "Aminah" };
/**
 * A test of an endpoint leaves nothing else behind that it could be held against; and how often the gateway itself has switched one
 * off is not in the audit log.
 */
const unproved = ["webhook_endpoint.test", "webhook_endpoint.disabled"];
const types = eventTypes.filter((type) => !type.startsWith("payment.") && !unproved.includes(type));
const oldMs = agoMs(500);

let world: PartitionWorld;
let forger: Forger;
beforeAll(async () => {
  world = await openPartitionWorld();
  forger = await openForger(world.core.database);
});
afterAll(async () => {
  await forger.close();
  await world.close();
});

const told = (proof: Pick<Proof, "faults">) => proof.faults.map(({ check, detail }) => `${check}: ${detail}`);
const faults = async () => told(await verify(world.core.gateway));

/** The id of what was just made; a test would be worth nothing if it had not been. */
function made<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error("it was not made");
  return thing;
}

/** Whatever can be changed in keys, collections, endpoints and banks, each change at least once. */
async function changeEverything(importedKey: string): Promise<void> {
  const { gateway, merchant } = world.core;
  const { merchantId, collectionId } = merchant;
  const key = made(await createApiKey(gateway, person, collectionId, "api_key", { name: "Till" })).record.id;
  await changeApiKey(gateway, person, key, { name: "Shop" });
  await changeApiKey(gateway, person, key, { name: "Shop" });
  await setKeyAllowList(gateway, person, key, () => ["203.0.113.7"]);
  await rollApiKey(gateway, person, key, { overlapHours: 1 });
  await revokeApiKey(gateway, person, key);
  await importMerchantKey(gateway, person, collectionId, { key: importedKey, name: "" });

  const input = { merchantId, name: "Two", website: "https://two.example" };
  const collection = (await createCollection(gateway, person, input)).collectionId;
  await changeCollection(gateway, person, collection, { name: "Second", apiEnabled: false });
  await changeCollection(gateway, person, collection, { apiEnabled: true });
  await changeCollection(gateway, person, collection, { website: "https://second.example" });
  await setCollectionAllowList(gateway, person, collection, () => ["203.0.113.7"]);

  const wish = { url: "https://shop.example/hook", description: "", eventTypes: ["payment.*"], collectionId: null };
  const endpoint = made(await createEndpoint(gateway, person, merchantId, wish)).endpoint.id;
  await changeEndpoint(gateway, person, endpoint, { description: "Back office" });
  await rollSecret(gateway, person, endpoint, 1);
  await testEndpoint(gateway, person, endpoint);
  await disableEndpoint(gateway, endpoint, "gone");
  await switchEndpoint(gateway, person, endpoint, "enabled");
  await switchEndpoint(gateway, person, endpoint, "disabled");
  await switchEndpoint(gateway, person, endpoint, "enabled");
  await disableEndpoint(gateway, endpoint, "failing");
  await deleteEndpoint(gateway, person, endpoint);

  for (const online of [true, false, true]) {
    world.at(gateway.clock.now().getTime() + 1000);
    const banks = [
      { id: "ABB0233", name: "Affin", online },
      { id: "RHB0218", name: "RHB", online: !online },
    ];
    await noteBankStatus(gateway, { model: "b2c", asOf: gateway.clock.now(), banks });
  }
}

/** How many events of a type there are. */
const countOf = (types: string) =>
  world.one<number>("select count(*)::int as found from events where type like $1", [types]);

it("whatever is changed in keys, collections, endpoints and banks is proved to have been told once", async () => {
  await changeEverything("hosted-key-0001");
  expect(await countOf("webhook_endpoint.disabled")).toBe(3);
  // That a bank is online is not told when nothing was known of it.
  expect(await countOf("bank.%")).toBe(5);
  expect(await faults()).toEqual([]);
});

it("and still is when the oldest of it is dropped with its month", async () => {
  world.at(oldMs);
  await changeEverything("hosted-key-0002");
  await eventSource(world.core).settleAll();
  world.at(Date.now());
  const before = await countOf("%");
  expect(await world.tendAll()).toBeGreaterThan(0);
  expect(await world.one("select to_regclass($1) is null as found", [`events_${monthOf(oldMs)}`])).toBe(true);
  expect(await countOf("%")).toBeLessThan(before ?? 0);
  expect(await faults()).toEqual([]);
});

/** Of one event of a type: the newest, since the oldest ones have been dropped. */
const newest = (type: string) =>
  `where id = (select id from events where type = '${type}' and payment_id is null order by id desc limit 1)`;

it.each([
  ["that is gone", (type: string) => `delete from events ${newest(type)}`],
  [
    "that is there twice",
    (type: string) =>
      `insert into events (id, merchant_id, collection_id, type, data, created_at)
       select id || 'x', merchant_id, collection_id, type, data, created_at from events ${newest(type)}`,
  ],
])("an event %s is found, of every type that is not a payment's", async (_what, forgery) => {
  const found = new Map<string, string>();
  for (const type of types) found.set(type, told(await forger.provenAfter([forgery(type)])).join());
  for (const [type, faultsFound] of found) expect(faultsFound, type).toContain(type);
});

it("an endpoint that was switched off by a person is told of, and oftener than it was on it cannot have been", async () => {
  const disabled = "where type = 'webhook_endpoint.disabled'";
  const more = `insert into events (id, merchant_id, collection_id, type, data, created_at)
    select id || n, merchant_id, collection_id, type, data, created_at from events, generate_series(1, 2) n ${disabled}`;
  for (const forgery of [`delete from events ${disabled}`, more])
    expect(told(await forger.provenAfter([forgery])).join(), forgery).toContain("webhook_endpoint.disabled");
});
