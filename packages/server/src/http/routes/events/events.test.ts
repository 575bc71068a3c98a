import { eventTypes } from "@kineticpay/contract/events/catalogue";
import { type EventView, eventSchema } from "@kineticpay/contract/events/event";
import { exampleBank } from "@kineticpay/contract/events/examples";
import type { PaymentView } from "@kineticpay/contract/payment";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordBankStatusEvent } from "../../../callbacks/bank-events.ts";
import { createMerchant } from "../../../merchants/create-merchant.ts";
import { beginAttempt } from "../../../payments/begin-attempt.ts";
import { expireDue } from "../../../payments/expire-due.ts";
import { settlePayment } from "../../../payments/settle-payment.ts";
import type { Outcome } from "../../../rails/rail.ts";
import { type ApiAnswer, callApi } from "../../../testing/call-api.ts";
import { furtherKey } from "../../../testing/further-key.ts";
import { railMessage } from "../../../testing/rail-message.ts";
import { openTestApp, type TestApp } from "../../../testing/test-app.ts";
import { type TestClock, testClock } from "../../../testing/test-clock.ts";
import { shop } from "../../../testing/test-core.ts";

let app: TestApp;
let clock: TestClock;
let manager: string;
const secrets: string[] = [];
beforeAll(async () => {
  clock = testClock();
  app = await openTestApp({ clock });
  manager = (await furtherKey(app)).key;
});
afterAll(() => app.close());

const call = (method: string, path: string, body?: unknown, key = manager) =>
  callApi(app, key, method, `/api/v2${path}`, body);
async function ok(method: string, path: string, body?: unknown): Promise<Record<string, string>> {
  const answer = await call(method, path, body);
  expect(answer.status, answer.text).toBe(200);
  return answer.body as Record<string, string>;
}
const eventsOf = (answer: ApiAnswer) => answer.body["data"] as EventView[];

let invoices = 0;
async function payment(expiresIn = 3_600) {
  invoices += 1;
  const addresses = { success_url: "https://shop.example/thanks", failure_url: "https://shop.example/again" };
  const made = await ok("POST", "/payments", {
    amount: 1250,
    invoice: `E-${invoices}`,
    expires_in: expiresIn,
    ...addresses,
  });
  const checkoutId = made["checkout_url"]?.split("/").at(-1) ?? "";
  const attempt = async () => {
    const about = { bankId: "MB2U0227", model: "b2c", locale: "en", confirmed: true } as const;
    const begun = await beginAttempt(app.gateway, checkoutId, about);
    if (begun.kind !== "handed_off") throw new Error(begun.kind);
    return begun.attempt;
  };
  const hear = (about: Awaited<ReturnType<typeof attempt>>, outcome: Outcome) =>
    settlePayment(app.gateway, "direct", railMessage(about, outcome));
  return { id: made["id"] ?? "", attempt, hear };
}

/** Everything that can happen to a payment, happening to several. */
async function payInEveryWay(): Promise<string> {
  const cancelled = await payment();
  await ok("PATCH", `/payments/${cancelled.id}`, { description: "Three tickets" });
  await ok("POST", `/payments/${cancelled.id}/cancel`);
  const company = await payment();
  await company.hear(await company.attempt(), "awaiting_approval");
  const late = await payment(60);
  const lost = await late.attempt();
  await late.hear(lost, "failed");
  clock.advance(61_000);
  await expireDue(app.gateway);
  await late.hear(lost, "succeeded");
  const twice = await payment();
  const [first, second] = [await twice.attempt(), await twice.attempt()];
  await twice.hear(first, "succeeded");
  await twice.hear(second, "succeeded");
  return twice.id;
}

/** Everything that can be changed in keys, collections and endpoints. */
async function manageEverything(): Promise<void> {
  const key = await ok("POST", "/api_keys", { name: "Till" });
  await ok("PATCH", `/api_keys/${key["id"]}`, { name: "Second till" });
  const rolled = await ok("POST", `/api_keys/${key["id"]}/roll`, { overlap_hours: 1 });
  await ok("POST", `/api_keys/${rolled["id"]}/revoke`, {});
  const collection = await ok("POST", "/collections", { name: "Second", website: "https://second.example" });
  await ok("PATCH", `/collections/${collection["id"]}`, { api_enabled: false });
  const endpoint = await ok("POST", "/webhook_endpoints", { url: "https://shop.example/hooks" });
  await ok("PATCH", `/webhook_endpoints/${endpoint["id"]}`, { description: "Back office" });
  const secret = await ok("POST", `/webhook_endpoints/${endpoint["id"]}/roll_secret`, { overlap_hours: 1 });
  for (const action of ["test", "disable", "enable", "delete"])
    await ok("POST", `/webhook_endpoints/${endpoint["id"]}/${action}`);
  const { merchant_key: merchantKey } = collection as unknown as { merchant_key: { key: string } };
  for (const each of [
    key["key"],
    rolled["key"],
    collection["signing_secret"],
    merchantKey.key,
    endpoint["secret"],
    secret["secret"],
  ])
    secrets.push(String(each));
}

describe("whatever happens", () => {
  let events: EventView[];
  let twiceId: string;
  beforeAll(async () => {
    twiceId = await payInEveryWay();
    await manageEverything();
    for (const online of [false, true]) {
      await app.gateway.db.transaction("banks.note_status", (tx) =>
        recordBankStatusEvent(app.gateway, tx, { ...exampleBank, online, ...{ secret: "kept to itself" } }),
      );
    }
    events = eventsOf(await call("GET", "/events?limit=100"));
  });

  it("is an event: every type of the catalogue comes of doing what it tells", () => {
    expect([...new Set(events.map(({ type }) => type))].sort()).toEqual([...eventTypes].sort());
  });

  it("is told in the form that the catalogue gives its type", () => {
    const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
    for (const event of events) {
      const validate = ajv.compile(eventSchema(event.type));
      expect(validate(event), `${event.type}: ${JSON.stringify(validate.errors)}`).toBe(true);
    }
  });

  it("is told without a key or a secret, whole or sealed", async () => {
    const text = JSON.stringify(events);
    for (const secret of [...secrets, manager, "kept to itself"]) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/whsec_|kp_test_[0-9A-Za-z]{36}/);
    expect(secrets.every((secret) => secret.length > 20)).toBe(true);
  });

  it("is numbered without a gap for each payment, and names the attempt that it is about", async () => {
    const own = eventsOf(await call("GET", `/events?payment=${twiceId}`)).sort(
      (a, b) => (a.sequence ?? 0) - (b.sequence ?? 0),
    );
    expect(own.map(({ type }) => type)).toEqual([
      "payment.created",
      "payment.processing",
      "payment.processing",
      "payment.paid",
      "payment.duplicate_success",
    ]);
    expect(own.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
    const data = own.at(-1)?.data as PaymentView | undefined;
    const [first, second] = (data?.attempts ?? []).map(({ id }) => id);
    expect(own.map(({ attempt }) => attempt)).toEqual([null, first, second, first, second]);
  });
});

describe("GET /api/v2/events", () => {
  it("lists newest first, in pages, by type, payment and time", async () => {
    const all = eventsOf(await call("GET", "/events?limit=100")).map(({ id }) => id);
    expect(all).toEqual([...all].sort().reverse());
    const first = await call("GET", "/events?limit=3");
    expect(first.body).toMatchObject({ object: "list", has_more: true });
    expect(eventsOf(first).map(({ id }) => id)).toEqual(all.slice(0, 3));
    const next = eventsOf(await call("GET", `/events?limit=3&starting_after=${all[2]}`));
    expect(next.map(({ id }) => id)).toEqual(all.slice(3, 6));
    const paid = eventsOf(await call("GET", "/events?type=payment.paid"));
    expect(paid.map(({ type }) => type)).toEqual(["payment.paid", "payment.paid"]);
    const from = clock.now().toISOString();
    clock.advance(10_000);
    const { id } = await payment();
    clock.advance(10_000);
    const period = eventsOf(
      await call("GET", `/events?created_after=${from}&created_before=${clock.now().toISOString()}`),
    );
    expect(period.map((event) => event.payment)).toEqual([id]);
    expect(eventsOf(await call("GET", `/events?created_after=${clock.now().toISOString()}`))).toEqual([]);
  });

  it("names every fault of a query at once", async () => {
    const path = "/events?limit=0&type=payment.payed&payment=x&created_after=soon&starting_after=y&colour=red";
    const { status, body } = await call("GET", path);
    expect(status).toBe(403);
    const faults = (body["fields"] as { path: string }[]).map((fault) => fault.path);
    expect(faults.sort()).toEqual(["colour", "created_after", "limit", "payment", "starting_after", "type"]);
  });

  it("shows a key without manage the payments of its collection and banks, and nothing of how the merchant is run", async () => {
    const reader = (await furtherKey(app, ["payments:read"])).key;
    const seen = eventsOf(await call("GET", "/events?limit=100", undefined, reader)).map(
      ({ type }) => type.split(".")[0],
    );
    expect(new Set(seen)).toEqual(new Set(["payment", "bank"]));
    const [key] = eventsOf(await call("GET", "/events?type=api_key.created"));
    expect((await call("GET", `/events/${key?.id}`, undefined, reader)).body).toMatchObject({
      code: "resource_missing",
    });
    expect((await call("GET", `/events/${key?.id}`)).body).toEqual(key);
  });

  it("answers for another merchant's event exactly as for one that does not exist", async () => {
    const stranger = await createMerchant(app.gateway, { ...shop, scopes: ["payments:read", "manage"] });
    const theirs = stranger.apiKey.key;
    const [bank] = eventsOf(await call("GET", "/events?type=bank.offline"));
    const [own] = eventsOf(await call("GET", "/events?type=payment.paid"));
    const types = eventsOf(await call("GET", "/events?limit=100", undefined, theirs)).map(({ type }) => type);
    expect(types.filter((type) => type.startsWith("payment.") || type.startsWith("webhook_endpoint."))).toEqual([]);
    expect((await call("GET", `/events/${bank?.id}`, undefined, theirs)).body).toEqual(bank);
    const texts = [];
    for (const id of [own?.id ?? "", "evt_01KG9Q2W0000000000000000ZZ", "evt_1", "pay_1"]) {
      const answer = await call("GET", `/events/${id}`, undefined, theirs);
      expect(answer.status).toBe(404);
      texts.push(answer.text.replaceAll(id, "ID").replace(/"request_id":"[^"]*"/, ""));
    }
    expect(new Set(texts).size).toBe(1);
  });
});
