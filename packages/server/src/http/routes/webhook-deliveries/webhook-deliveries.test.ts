import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deliverDue } from "../../../callbacks/deliver.ts";
import { createMerchant } from "../../../merchants/create-merchant.ts";
import { type ApiAnswer, callApi } from "../../../testing/call-api.ts";
import { furtherKey } from "../../../testing/further-key.ts";
import { openTestApp, type TestApp } from "../../../testing/test-app.ts";
import { type TestClock, testClock } from "../../../testing/test-clock.ts";
import { shop as merchantShop } from "../../../testing/test-core.ts";
import { type EventSource, eventSource } from "../../../testing/test-events.ts";
import { openTestShop, type TestShop } from "../../../testing/test-shop.ts";

interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly status: string;
  readonly webhook_endpoint: string | null;
}

const dayMs = 86_400_000;

let app: TestApp;
let clock: TestClock;
let shop: TestShop;
let source: EventSource;
let manager: string;
let endpoint: { id: string; secret: string };
beforeAll(async () => {
  clock = testClock();
  app = await openTestApp({ clock, settings: { KINETICPAY_POLL_INTERVAL_MS: "20" } });
  shop = await openTestShop();
  source = eventSource(app);
  manager = (await furtherKey(app)).key;
});
afterAll(async () => {
  await app.close();
  await shop.close();
});
beforeEach(async () => {
  await source.settleAll();
  shop.behave((response) => response.end("OK"));
  endpoint = await source.endpoint(`${shop.url}/hooks`, { eventTypes: ["payment.paid"] });
  return () => post(`/webhook_endpoints/${endpoint.id}/delete`);
});

const get = (path: string, key = manager) => callApi(app, key, "GET", `/api/v2${path}`);
const post = (path: string, body?: unknown, key = manager) => callApi(app, key, "POST", `/api/v2${path}`, body);
const dataOf = (answer: ApiAnswer) => answer.body["data"] as Delivery[];
const paid = async () => (await source.payment())("payment.paid");
const fails = () => shop.behave((response) => response.writeHead(500).end("<b>no</b>"));
const one = async (event: string): Promise<Delivery> => {
  const [found] = dataOf(await get(`/webhook_deliveries?event=${event}&webhook_endpoint=${endpoint.id}`));
  if (found === undefined) throw new Error("no delivery was planned");
  return found;
};

describe("GET /api/v2/webhook_deliveries", () => {
  it("lists newest first, in pages, by endpoint, event and status", async () => {
    const first = await paid();
    await deliverDue(app.gateway);
    fails();
    clock.advance(1_000);
    const second = await paid();
    await deliverDue(app.gateway);
    const all = await get(`/webhook_deliveries?webhook_endpoint=${endpoint.id}`);
    expect(dataOf(all).map(({ event }) => event)).toEqual([second, first]);
    const pending = await get(`/webhook_deliveries?webhook_endpoint=${endpoint.id}&status=pending`);
    expect(dataOf(pending)).toMatchObject([
      { event: second, last_outcome: "rejected", last_status: 500, attempt_count: 1 },
    ]);
    const page = await get(`/webhook_deliveries?webhook_endpoint=${endpoint.id}&limit=1`);
    expect(page.body).toMatchObject({ object: "list", has_more: true });
    const next = await get(`/webhook_deliveries?webhook_endpoint=${endpoint.id}&starting_after=${dataOf(page)[0]?.id}`);
    expect(dataOf(next).map(({ event }) => event)).toEqual([first]);
    const faulty = await get("/webhook_deliveries?status=lost&event=x&webhook_endpoint=y&limit=0");
    expect((faulty.body["fields"] as unknown[]).length).toBe(4);
  });

  it("shows what was sent, and of every attempt when it was, how long it took and what was answered", async () => {
    fails();
    const event = await paid();
    await deliverDue(app.gateway);
    clock.advance(6_500);
    shop.behave((response) => response.writeHead(204).end());
    await deliverDue(app.gateway);
    const { id } = await one(event);
    const { body } = await get(`/webhook_deliveries/${id}`);
    expect(body).toMatchObject({
      id,
      event,
      status: "delivered",
      attempt_count: 2,
      url: `${shop.url}/hooks`,
      request: { method: "POST", headers: { "webhook-id": event } },
      attempts: [
        { number: 1, outcome: "rejected", status: 500, answer: "\\u003cb\\u003eno\\u003c/b\\u003e" },
        { number: 2, outcome: "delivered", status: 204, answer: "", started_at: clock.now().toISOString() },
      ],
    });
    for (const attempt of body["attempts"] as { duration_ms: number }[])
      expect(attempt.duration_ms).toBeGreaterThanOrEqual(0);
    const request = body["request"] as { body: string };
    expect(request.body).toBe(shop.received.at(-1)?.body);
    expect(JSON.stringify(body)).not.toMatch(/v1,|whsec_/);
  });

  it("shows a callback of the wire protocol without what proves that it came from here", async () => {
    const payload = {
      encoded: '{"record":{}}',
      receiptUrl: "",
      sellerOrderNo: "KP-1-1",
      apiKeyId: app.merchant.merchantKey.id,
    };
    const record = await source.payment();
    const event = await record("payment.attempt_failed", { format: "wire", url: `${shop.url}/status`, payload });
    await deliverDue(app.gateway);
    const [found] = dataOf(await get(`/webhook_deliveries?event=${event}`));
    const { body } = await get(`/webhook_deliveries/${found?.id}`);
    const request = new URLSearchParams((body["request"] as { body: string }).body);
    expect([...request.keys()]).toEqual([
      "encoded_transaction_data",
      "receipt_url",
      "hide_page_header",
      "fpx_sellerOrderNo",
    ]);
  });

  it("shows a key without manage the callbacks of its collection's payments, and nothing else", async () => {
    const reader = (await furtherKey(app, ["payments:read"])).key;
    const record = await source.payment();
    const event = await record("payment.paid", { format: "v2", url: `${shop.url}/callback` });
    expect(dataOf(await get(`/webhook_deliveries?event=${event}`))).toHaveLength(2);
    const seen = dataOf(await get(`/webhook_deliveries?event=${event}`, reader));
    expect(seen.map((each) => each.webhook_endpoint)).toEqual([null]);
    const hidden = await get(`/webhook_deliveries/${(await one(event)).id}`, reader);
    expect(hidden.body).toMatchObject({ code: "resource_missing" });
  });

  it("answers for another merchant's delivery exactly as for one that does not exist", async () => {
    const stranger = await createMerchant(app.gateway, {
      ...merchantShop,
      scopes: ["payments:read", "payments:write", "manage"],
    });
    const { id: own } = await one(await paid());
    const texts = [];
    for (const id of [own, "dlv_01KG9Q2W0000000000000000ZZ", "dlv_1", "pay_1"]) {
      for (const answer of [
        await get(`/webhook_deliveries/${id}`, stranger.apiKey.key),
        await post(`/webhook_deliveries/${id}/resend`, undefined, stranger.apiKey.key),
      ]) {
        expect(answer.status).toBe(404);
        texts.push(answer.text.replaceAll(id, "ID").replace(/"request_id":"[^"]*"/, ""));
      }
    }
    expect(new Set(texts).size).toBe(1);
    expect(dataOf(await get("/webhook_deliveries", stranger.apiKey.key))).toEqual([]);
  });
});

describe("sending again", () => {
  it("resends one delivery under the same id, whatever became of it, with the whole schedule before it", async () => {
    const event = await paid();
    await deliverDue(app.gateway);
    const { id } = await one(event);
    const again = await post(`/webhook_deliveries/${id}/resend`);
    expect(again.body).toMatchObject({
      id,
      status: "pending",
      attempt_count: 1,
      delivered_at: clock.now().toISOString(),
    });
    fails();
    await deliverDue(app.gateway);
    expect(await one(event)).toMatchObject({ status: "pending", attempt_count: 2 });
    clock.advance(1_000);
    shop.behave((response) => response.end());
    await post(`/webhook_deliveries/${id}/resend`);
    expect(await deliverDue(app.gateway)).toBe(1);
    expect(await one(event)).toMatchObject({ status: "delivered", attempt_count: 3 });
    const ids = shop.received.slice(-3).map((call) => call.headers["webhook-id"]);
    expect(new Set(ids)).toEqual(new Set([event]));
  });

  it("does not resend to a disabled or deleted endpoint, and says why", async () => {
    const { id } = await one(await paid());
    await post(`/webhook_endpoints/${endpoint.id}/disable`);
    expect((await post(`/webhook_deliveries/${id}/resend`)).body).toMatchObject({
      status: 403,
      code: "state_not_allowed",
      meta: { webhook_endpoint: endpoint.id, status: "disabled", allowed: ["enabled"] },
    });
    await post(`/webhook_endpoints/${endpoint.id}/delete`);
    expect((await post(`/webhook_deliveries/${id}/resend`)).body).toMatchObject({
      code: "state_not_allowed",
      meta: { webhook_delivery: id },
    });
  });

  it("does not resend an outcome to a wire-protocol shop that has been told of a later one", async () => {
    const payload = { encoded: "{}", receiptUrl: "", sellerOrderNo: "KP-1-1", apiKeyId: app.merchant.merchantKey.id };
    const record = await source.payment();
    const wire = { format: "wire", url: `${shop.url}/status`, payload } as const;
    const [failed, later] = [await record("payment.attempt_failed", wire), await record("payment.paid", wire)];
    await deliverDue(app.gateway);
    const idOf = async (event: string) =>
      dataOf(await get(`/webhook_deliveries?event=${event}`)).find((each) => each.webhook_endpoint === null)?.id;
    const refused = await post(`/webhook_deliveries/${await idOf(failed)}/resend`);
    expect(refused.body).toMatchObject({ code: "state_not_allowed" });
    expect((await post(`/webhook_deliveries/${await idOf(later)}/resend`)).status).toBe(200);
  });

  it("recovers all that failed since a time, and nothing that went well or failed before", async () => {
    const failing = async () => {
      const event = await paid();
      const { id } = await one(event);
      await app.gateway.db.query("update deliveries set status = 'failed', next_attempt_at = null where id = $1", [id]);
      return event;
    };
    const early = await failing();
    clock.advance(60_000);
    const since = clock.now().toISOString();
    const events = [await failing(), await failing()];
    const good = await paid();
    await deliverDue(app.gateway);
    const before = shop.received.length;
    expect((await post(`/webhook_endpoints/${endpoint.id}/recover`, { since })).body).toEqual({
      object: "webhook_recovery",
      queued: 2,
      has_more: false,
    });
    await deliverDue(app.gateway);
    expect(
      shop.received
        .slice(before)
        .map((call) => call.headers["webhook-id"])
        .sort(),
    ).toEqual(events.sort());
    expect(await one(early)).toMatchObject({ status: "failed" });
    expect(await one(good)).toMatchObject({ status: "delivered", attempt_count: 1 });
    expect((await post(`/webhook_endpoints/${endpoint.id}/recover`, { since })).body).toMatchObject({ queued: 0 });
  });

  it("replays a time, or only what was never planned for the endpoint", async () => {
    clock.advance(1_000);
    const from = clock.now().toISOString();
    const told = await paid();
    await deliverDue(app.gateway);
    await post(`/webhook_endpoints/${endpoint.id}/disable`);
    const missed = await paid();
    await (await source.payment())("payment.attempt_failed");
    clock.advance(60_000);
    const to = clock.now().toISOString();
    await post(`/webhook_endpoints/${endpoint.id}/enable`);
    const outside = await paid();
    await deliverDue(app.gateway);
    const replay = (body: object) => post(`/webhook_endpoints/${endpoint.id}/replay`, body);
    const arrived = async () => {
      const before = shop.received.length;
      await deliverDue(app.gateway);
      return shop.received
        .slice(before)
        .map((call) => call.headers["webhook-id"])
        .sort();
    };
    expect((await replay({ from, to, only_missing: true })).body).toMatchObject({
      object: "webhook_replay",
      queued: 1,
      has_more: false,
    });
    expect(await arrived()).toEqual([missed]);
    expect((await replay({ from, to })).body).toMatchObject({ queued: 2 });
    expect(await arrived()).toEqual([told, missed].sort());
    expect((await replay({ from })).body).toMatchObject({ queued: 3, last_event: outside });
    expect(await arrived()).toEqual([told, missed, outside].sort());
    const rest = await replay({ from, starting_after: outside });
    expect(rest.body).toMatchObject({ queued: 0, last_event: null });
  });

  it("goes back thirty days and no further, and never into the future", async () => {
    const now = clock.now().getTime();
    const at = (ms: number) => new Date(now + ms).toISOString();
    const path = `/webhook_endpoints/${endpoint.id}`;
    for (const [action, body, field] of [
      ["recover", { since: at(-30 * dayMs - 1) }, "/since"],
      ["recover", { since: at(60_000) }, "/since"],
      ["replay", { from: at(-30 * dayMs - 1) }, "/from"],
      ["replay", { from: at(-dayMs), to: at(60_000) }, "/to"],
    ] as const) {
      const answer = await post(`${path}/${action}`, body);
      expect(answer.body).toMatchObject({
        code: "fields_invalid",
        fields: [{ path: field, code: "field_out_of_range" }],
      });
    }
    expect((await post(`${path}/recover`, { since: at(-30 * dayMs) })).status).toBe(200);
    expect((await post(`${path}/replay`, { from: at(-30 * dayMs), to: at(-29 * dayMs) })).status).toBe(200);
  });
});
