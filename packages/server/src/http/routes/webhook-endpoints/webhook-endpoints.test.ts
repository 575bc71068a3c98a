import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deliverDue } from "../../../callbacks/deliver.ts";
import { listAudit } from "../../../merchants/audit-log.ts";
import { createMerchant, type NewMerchant } from "../../../merchants/create-merchant.ts";
import { type ApiAnswer, callApi } from "../../../testing/call-api.ts";
import { furtherKey } from "../../../testing/further-key.ts";
import { openTestApp, type TestApp } from "../../../testing/test-app.ts";
import { type TestClock, testClock } from "../../../testing/test-clock.ts";
import { shop as merchantShop } from "../../../testing/test-core.ts";
import { openTestShop, type TestShop } from "../../../testing/test-shop.ts";
import { mostEndpoints } from "../../../webhooks/change-endpoints.ts";

interface Made {
  readonly id: string;
  readonly secret: string;
  readonly events: string[];
}

let app: TestApp;
let clock: TestClock;
let shop: TestShop;
let manager: string;
let other: NewMerchant;
beforeAll(async () => {
  clock = testClock();
  app = await openTestApp({ clock, settings: { KINETICPAY_POLL_INTERVAL_MS: "20" } });
  shop = await openTestShop();
  manager = (await furtherKey(app)).key;
  other = await createMerchant(app.gateway, { ...merchantShop, scopes: ["payments:read", "manage"] });
});
afterAll(async () => {
  await app.close();
  await shop.close();
});
beforeEach(async () => {
  await app.gateway.db.query(
    "update webhook_endpoints set status = 'deleted', deleted_at = now(), disabled_reason = null, disabled_at = null where status <> 'deleted'",
  );
});

const call = (method: string, path: string, body?: unknown, key = manager) =>
  callApi(app, key, method, `/api/v2/webhook_endpoints${path}`, body);
const create = async (change: Readonly<Record<string, unknown>> = {}): Promise<Made> => {
  const answer = await call("POST", "", { url: `${shop.url}/hooks`, ...change });
  expect(answer.status, answer.text).toBe(200);
  return answer.body as unknown as Made;
};
const faultsOf = (answer: ApiAnswer) =>
  (answer.body["fields"] as { path: string; code: string }[]).map((each) => each.path);
const dataOf = (answer: ApiAnswer) => answer.body["data"] as Made[];

describe("an endpoint", () => {
  it("shows its secret once, in the form of Standard Webhooks, and hears of everything unless told otherwise", async () => {
    const made = await create();
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(made).toMatchObject({ object: "webhook_endpoint", status: "enabled", events: ["*"], collection: null });
    const read = await call("GET", `/${made.id}`);
    const { secret: _secret, ...rest } = made;
    expect(read.body).toEqual(rest);
    expect((await call("GET", "")).text).not.toContain("whsec_");
  });

  it("names every fault at once, and takes nothing that it does not know", async () => {
    const faulty = {
      url: "shop.example",
      events: ["payment.payed", "bank.*", "bank.*"],
      description: 1,
      secret: "whsec_mine",
    };
    const answer = await call("POST", "", faulty);
    expect(answer.body).toMatchObject({ status: 403, code: "fields_invalid" });
    expect(faultsOf(answer).sort()).toEqual(["/description", "/events", "/events/0", "/secret", "/url"]);
    expect(faultsOf(await call("POST", "", {}))).toEqual(["/url"]);
    expect(faultsOf(await call("POST", "", { url: `${shop.url}/hooks`, events: [] }))).toEqual(["/events"]);
    const missing = await call("POST", "", { url: shop.url, collection: other.collectionId });
    expect(missing.body).toMatchObject({ code: "resource_missing", meta: { resource: "collection" } });
  });

  it("is changed member by member, and what is left out stays", async () => {
    const { id } = await create({ description: "Till", events: ["payment.paid"] });
    const changed = await call("PATCH", `/${id}`, { events: ["bank.*"] });
    expect(changed.body).toMatchObject({ description: "Till", events: ["bank.*"], url: `${shop.url}/hooks` });
    expect((await call("PATCH", `/${id}`, { url: `${shop.url}/new`, description: "" })).body).toMatchObject({
      description: "",
      events: ["bank.*"],
      url: `${shop.url}/new`,
    });
  });

  it("once deleted is as missing as one that never was, and what it was sent stays on record", async () => {
    const { id } = await create();
    await call("POST", `/${id}/test`);
    expect((await call("POST", `/${id}/delete`)).body).toEqual({ id, object: "webhook_endpoint", deleted: true });
    for (const [method, path] of [
      ["GET", `/${id}`],
      ["PATCH", `/${id}`],
      ["POST", `/${id}/delete`],
    ] as const) {
      const answer = await call(method, path, method === "PATCH" ? { description: "" } : undefined);
      expect(answer.body).toMatchObject({ code: "resource_missing", meta: { resource: "webhook_endpoint" } });
    }
    expect(dataOf(await call("GET", ""))).toEqual([]);
    const deliveries = await callApi(app, manager, "GET", `/api/v2/webhook_deliveries?webhook_endpoint=${id}`);
    expect(deliveries.body["data"]).toMatchObject([{ event_type: "webhook_endpoint.test" }]);
    await expect(app.gateway.db.query("delete from webhook_endpoints")).rejects.toThrow("permission denied");
  });

  it("is listed newest first, in pages", async () => {
    const made: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      clock.advance(1);
      made.unshift((await create()).id);
    }
    const first = await call("GET", "?limit=2");
    expect(first.body).toMatchObject({ object: "list", has_more: true });
    expect(dataOf(first).map(({ id }) => id)).toEqual(made.slice(0, 2));
    expect(dataOf(await call("GET", `?limit=2&starting_after=${made[1]}`)).map(({ id }) => id)).toEqual([made[2]]);
    expect(dataOf(await call("GET", "", undefined, other.apiKey.key))).toEqual([]);
  });

  it("is one of a hundred of its merchant at most, however many are asked for at once", async () => {
    for (let i = 1; i < mostEndpoints; i += 1) await create();
    const answers = await Promise.all([1, 2, 3].map(() => call("POST", "", { url: shop.url })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403]);
    const refused = answers.find(({ status }) => status === 403);
    expect(refused?.body).toMatchObject({ code: "fields_invalid", fields: [{ path: "/" }] });
  });

  it("is managed with manage alone, and whoever changed it stands in the audit log", async () => {
    const writer = (await furtherKey(app, ["payments:read", "payments:write"])).key;
    const { id } = await create();
    for (const [method, path] of [
      ["GET", ""],
      ["POST", ""],
      ["GET", `/${id}`],
      ["POST", `/${id}/test`],
    ] as const)
      expect((await call(method, path, undefined, writer)).body).toMatchObject({ code: "scope_missing" });
    await call("PATCH", `/${id}`, { description: "Till" });
    await call("POST", `/${id}/roll_secret`, { overlap_hours: 0 });
    for (const action of ["disable", "enable", "delete"]) await call("POST", `/${id}/${action}`);
    const entries = await listAudit(app.gateway, { objectId: id, merchantId: null, limit: 10 });
    expect(entries.map(({ action }) => action).sort()).toEqual([
      "webhook_endpoint.changed",
      "webhook_endpoint.created",
      "webhook_endpoint.deleted",
      "webhook_endpoint.disabled",
      "webhook_endpoint.enabled",
      "webhook_endpoint.secret_rolled",
    ]);
    expect(JSON.stringify(entries)).not.toContain("whsec_");
  });

  it("of another merchant, and what can be no id, is exactly as missing as one that does not exist", async () => {
    const { id: foreign } = (await call("POST", "", { url: shop.url }, other.apiKey.key)).body as unknown as Made;
    const unknown = `${foreign.slice(0, -2)}${foreign.endsWith("00") ? "11" : "00"}`;
    const since = clock.now().toISOString();
    const requests = [
      ["GET", "", undefined],
      ["PATCH", "", { description: "Mine" }],
      ["POST", "/enable", undefined],
      ["POST", "/disable", undefined],
      ["POST", "/delete", undefined],
      ["POST", "/roll_secret", { overlap_hours: 0 }],
      ["POST", "/test", undefined],
      ["POST", "/recover", { since }],
      ["POST", "/replay", { from: since }],
    ] as const;
    for (const [method, path, body] of requests) {
      const texts = [];
      for (const id of [foreign, unknown, "whe_1", "col_1"]) {
        const answer = await call(method, `/${id}${path}`, body);
        expect(answer.body).toMatchObject({ code: "resource_missing", meta: { resource: "webhook_endpoint" } });
        texts.push(answer.text.replaceAll(id, "ID").replace(/"request_id":"[^"]*"/, ""));
      }
      expect(new Set(texts).size, `${method} ${path}`).toBe(1);
    }
    expect((await call("GET", `/${foreign}`, undefined, other.apiKey.key)).body).toMatchObject({ status: "enabled" });
  });

  it("is not changed by a call that only asks whether it would go well", async () => {
    const { id } = await create();
    const since = clock.now().toISOString();
    const rehearsals = [
      ["", { url: shop.url }],
      [`/${id}/disable`, undefined],
      [`/${id}/delete`, undefined],
      [`/${id}/roll_secret`, { overlap_hours: 0 }],
      [`/${id}/test`, undefined],
      [`/${id}/test`, undefined],
      [`/${id}/replay`, { from: since }],
    ] as const;
    for (const [path, body] of rehearsals) {
      const answer = await call("POST", `${path}?validate_only=true`, body);
      expect(answer.body, answer.text).toEqual({ object: "validation", valid: true });
    }
    expect(await deliverDue(app.gateway)).toBe(0);
    expect(dataOf(await call("GET", "")).map((each) => each.id)).toEqual([id]);
  });
});

describe("a test", () => {
  it("reaches the endpoint signed, whatever it is subscribed to, and no other endpoint", async () => {
    const { id, secret } = await create({ events: ["bank.offline"] });
    await create({ url: `${shop.url}/elsewhere` });
    const answer = await call("POST", `/${id}/test`);
    expect(answer.body).toMatchObject({
      object: "webhook_delivery",
      status: "pending",
      event_type: "webhook_endpoint.test",
    });
    const before = shop.received.length;
    expect(await deliverDue(app.gateway)).toBe(1);
    const received = shop.received[before];
    expect(received?.path).toBe("/hooks");
    const headers = received?.headers as Record<string, string>;
    expect(new Webhook(secret).verify(received?.body ?? "", headers)).toMatchObject({ id: answer.body["event"] });
  });

  it("is had once in twenty seconds, and the refusal says how long to wait", async () => {
    const { id } = await create();
    await call("POST", `/${id}/test`);
    clock.advance(15_500);
    const refused = await call("POST", `/${id}/test`);
    expect(refused.body).toMatchObject({ status: 429, code: "rate_exceeded", retry_after: 5, retryable: true });
    expect(refused.headers["retry-after"]).toBe("5");
    expect(refused.body["meta"]).toMatchObject({ policy: "webhook-test", spent_by: id });
    expect((await call("POST", `/${(await create()).id}/test`)).status).toBe(200);
    clock.advance(4_500);
    expect((await call("POST", `/${id}/test`)).status).toBe(200);
  });
});

describe("the secret", () => {
  it("is replaced, with both signatures until the overlap has passed", async () => {
    const { id, secret: old } = await create();
    const rolled = await call("POST", `/${id}/roll_secret`, { overlap_hours: 2 });
    const until = new Date(clock.now().getTime() + 2 * 3_600_000).toISOString();
    expect(rolled.body).toMatchObject({ id, old_secret_valid_until: until });
    const signatures = async () => {
      await call("POST", `/${id}/test`);
      await deliverDue(app.gateway);
      const last = shop.received.at(-1);
      const at = new Date(Number(last?.headers["webhook-timestamp"]) * 1000);
      const sign = (secret: unknown) =>
        new Webhook(String(secret)).sign(String(last?.headers["webhook-id"]), at, last?.body ?? "");
      return {
        sent: String(last?.headers["webhook-signature"]).split(" "),
        old: sign(old),
        new: sign(rolled.body["secret"]),
      };
    };
    const during = await signatures();
    expect(during.sent).toEqual([during.new, during.old]);
    clock.advance(2 * 3_600_000);
    const after = await signatures();
    expect(after.sent).toEqual([after.new]);
  });

  it("ends at once without an overlap, and is refused an overlap of more than seven days", async () => {
    const { id } = await create();
    expect(faultsOf(await call("POST", `/${id}/roll_secret`, { overlap_hours: 169 }))).toEqual(["/overlap_hours"]);
    expect(faultsOf(await call("POST", `/${id}/roll_secret`, {}))).toEqual(["/overlap_hours"]);
    const rolled = await call("POST", `/${id}/roll_secret`, { overlap_hours: 0 });
    expect(rolled.body["old_secret_valid_until"]).toBe(clock.now().toISOString());
  });

  it("that is rolled again within an overlap keeps every promise, up to five secrets", async () => {
    const { id } = await create();
    for (let i = 0; i < 4; i += 1)
      expect((await call("POST", `/${id}/roll_secret`, { overlap_hours: 1 })).status).toBe(200);
    await call("POST", `/${id}/test`);
    await deliverDue(app.gateway);
    expect(String(shop.received.at(-1)?.headers["webhook-signature"]).split(" ")).toHaveLength(5);
    const refused = await call("POST", `/${id}/roll_secret`, { overlap_hours: 1 });
    expect(refused.body).toMatchObject({ status: 403, code: "state_not_allowed", meta: { webhook_endpoint: id } });
    clock.advance(3_600_000);
    expect((await call("POST", `/${id}/roll_secret`, { overlap_hours: 1 })).status).toBe(200);
  });
});
