import { exampleBank } from "@kineticpay/contract/events/examples";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCollection } from "../merchants/change-collections.ts";
import { createMerchant, type NewMerchant } from "../merchants/create-merchant.ts";
import { ownerDb } from "../testing/owner-db.ts";
import { openTestCore, shop, type TestCore } from "../testing/test-core.ts";
import { type EventSource, eventSource } from "../testing/test-events.ts";
import { switchEndpoint } from "../webhooks/change-endpoints.ts";
import { recordBankStatusEvent } from "./bank-events.ts";
import { recordEvent } from "./outbox.ts";

const actor = { kind: "operator", name: "test" } as const;
const url = "https://shop.example/webhooks";

let core: TestCore;
let source: EventSource;
let stranger: NewMerchant;
let secondCollection: string;
beforeAll(async () => {
  core = await openTestCore();
  source = eventSource(core);
  stranger = await createMerchant(core.gateway, shop);
  const { merchantId } = core.merchant;
  const about = { merchantId, name: "Second", website: "https://second.example" };
  secondCollection = (await createCollection(core.gateway, actor, about)).collectionId;
});
afterAll(() => core.close());

/** What an endpoint is owed, by type. */
const owed = async (id: string) =>
  (
    await core.gateway.db.query<{ type: string }>(
      "select e.type from deliveries d join events e on e.id = d.event_id where d.endpoint_id = $1 order by e.type",
      [id],
    )
  ).map(({ type }) => type);
const bankEvent = (online: boolean) =>
  core.gateway.db.transaction("banks.note_status", (tx) =>
    recordBankStatusEvent(core.gateway, tx, { ...exampleBank, online }),
  );

describe("an endpoint hears of", () => {
  it("the types, the groups, or everything that it is subscribed to", async () => {
    const [one, group, all] = await Promise.all([
      source.endpoint(url, { eventTypes: ["payment.paid"] }),
      source.endpoint(url, { eventTypes: ["payment.*"] }),
      source.endpoint(url, { eventTypes: ["*"] }),
    ]);
    const record = await source.payment();
    await record("payment.attempt_failed");
    await record("payment.paid");
    await bankEvent(false);
    const ofPayments = ["payment.attempt_failed", "payment.created", "payment.paid"];
    expect(await owed(one.id)).toEqual(["payment.paid"]);
    expect(await owed(group.id)).toEqual(ofPayments);
    expect((await owed(all.id)).filter((type) => !type.startsWith("webhook_endpoint."))).toEqual([
      "bank.offline",
      ...ofPayments,
    ]);
  });

  it("its own collection, if it has one, and of what has none", async () => {
    const here = await source.endpoint(url, {
      collectionId: core.merchant.collectionId,
      eventTypes: ["payment.paid", "bank.*"],
    });
    const there = await source.endpoint(url, {
      collectionId: secondCollection,
      eventTypes: ["payment.paid", "bank.*"],
    });
    await (await source.payment())("payment.paid");
    await bankEvent(true);
    expect(await owed(here.id)).toEqual(["bank.online", "payment.paid"]);
    expect(await owed(there.id)).toEqual(["bank.online"]);
  });

  it("nothing of another merchant's, but of banks, which are nobody's", async () => {
    const theirs = await source.endpoint(url, { eventTypes: ["*"] }, stranger.merchantId);
    const record = await source.payment();
    await record("payment.paid");
    await bankEvent(false);
    expect(await owed(theirs.id)).toEqual(["bank.offline"]);
  });

  it("nothing while it is disabled", async () => {
    const { id } = await source.endpoint(url, { eventTypes: ["payment.paid"] });
    await switchEndpoint(core.gateway, actor, id, "disabled");
    await (await source.payment())("payment.paid");
    await switchEndpoint(core.gateway, actor, id, "enabled");
    expect(await owed(id)).toEqual([]);
    await (await source.payment())("payment.paid");
    expect(await owed(id)).toEqual(["payment.paid"]);
  });
});

describe("the schema", () => {
  const insert = (change: Record<string, unknown>) => {
    const { merchantId, collectionId } = core.merchant;
    const row = {
      id: `evt_${Math.random()}`,
      merchant_id: merchantId,
      collection_id: collectionId,
      type: "api_key.created",
      ...change,
    };
    const names = Object.keys(row);
    return core.gateway.db.query(
      `insert into events (${names.join(", ")}, data, created_at)
       values (${names.map((_name, index) => `$${index + 1}`).join(", ")}, '{}', now())`,
      Object.values(row),
    );
  };

  it("lets no event but those of banks be everybody's, and none of those be somebody's", async () => {
    await expect(insert({ merchant_id: null, collection_id: null })).rejects.toThrow("violates check");
    await expect(insert({ type: "payment.paid", merchant_id: null })).rejects.toThrow("violates check");
    await expect(insert({ type: "bank.offline" })).rejects.toThrow("violates check");
    await insert({ type: "bank.offline", merchant_id: null, collection_id: null });
    await insert({});
  });

  it("numbers the events of payments, and no others", async () => {
    await expect(insert({ type: "payment.paid", sequence: 1 })).rejects.toThrow("violates check");
    await expect(insert({ sequence: 1 })).rejects.toThrow("violates check");
  });

  it("refuses to change or remove an event, and to remove an endpoint, whoever asks", async () => {
    await expect(core.gateway.db.query("update events set type = type")).rejects.toThrow("permission denied");
    const owner = ownerDb(core.database);
    for (const statement of ["update events set type = type", "delete from events", "delete from webhook_endpoints"])
      await expect(owner.query(statement), statement).rejects.toThrow("append-only");
    await owner.close();
  });
});

it("writes an event, the callback and every delivery in one statement", async () => {
  await source.endpoint(url, { eventTypes: ["payment.paid"] });
  const statements: string[] = [];
  const { db } = core.gateway;
  await db.transaction("payments.change", async (tx) => {
    const counting = {
      ...tx,
      query: (text: string, values?: readonly unknown[]) => {
        statements.push(text);
        return tx.query(text, values);
      },
    };
    const { merchantId, collectionId } = core.merchant;
    const about = { merchantId, collectionId, data: {} };
    await recordEvent(core.gateway, counting as typeof tx, { type: "api_key.revoked", ...about });
  });
  expect(statements).toHaveLength(1);
});
