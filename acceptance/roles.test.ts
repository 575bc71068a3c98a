import type { PaymentView } from "@kineticpay/contract/payment";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Answer, newInvoice, ordinary, send } from "./harness/api.ts";
import { type Fleet, startFleet, unhurried } from "./harness/fleet.ts";
import { openShop, type Shop, type Visit } from "./harness/shop.ts";
import { until } from "./harness/until.ts";

const payments = 200;
/** How long a process that died keeps what it had taken on, and some time to notice. */
const takenOverWithinMs = 45_000;

let fleet: Fleet;
let shop: Shop;
let apis: readonly string[];
let workers: readonly string[];
beforeAll(async () => {
  fleet = await startFleet(["api", "api", "worker", "worker"], { settings: unhurried });
  apis = fleet.urls.slice(0, 2);
  workers = fleet.urls.slice(2);
  shop = await openShop(fleet.first.access.signing_secret);
});
afterAll(async () => {
  await fleet.dispose();
  await shop.close();
});

let turns = 0;
/** Whichever process a round-robin would choose. */
const nextApi = (): string => apis[turns++ % apis.length] as string;

function call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  return send<T>(`${nextApi()}/api/v2/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${fleet.first.access.api_key}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function made<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { status, body, text } = await answer;
  if (status !== 200) throw new Error(`answered ${status}: ${text}`);
  return body;
}

const create = (change: object = {}) =>
  made(call<PaymentView>("POST", "payments", { ...ordinary(), invoice: newInvoice(), ...change }));
const endpointAt = (path: string) =>
  made(call<{ id: string }>("POST", "webhook_endpoints", { url: `${shop.url}${path}`, events: ["payment.created"] }));
const idOf = (visit: Visit) => String(visit.headers["webhook-id"]);

describe("two processes that answer and two that work", () => {
  const endpoints: string[] = [];
  afterEach(async () => {
    for (const id of endpoints.splice(0)) await made(call("POST", `webhook_endpoints/${id}/delete`, {}));
  });

  test("a worker is asked nothing but how it is, and says so in the contract's form", async () => {
    for (const url of workers) {
      expect((await send(`${url}/health`)).status).toBe(200);
      expect((await send(`${url}/ready`)).status).toBe(200);
      for (const path of ["/api/v2/ping", "/payment/status", "/checkout/cs_0", "/openapi.json"]) {
        const answer = await send<{ code: string; status: number }>(`${url}${path}`);
        expect([answer.status, answer.body.code], path).toEqual([404, "route_unknown"]);
      }
      const message = await send(`${url}/fpx/direct`, { method: "POST", body: "fpx_msgType=AC" });
      expect(message.status).toBe(404);
    }
  });

  test("every event of payments that go round-robin is delivered, and none of them by both workers", async () => {
    endpoints.push((await endpointAt("/each-once")).id);
    const all = await Promise.all(Array.from({ length: payments }, () => create()));
    const told = await until(
      "every payment to be told of",
      () => {
        const visits = shop.visitsTo("/each-once");
        return new Set(visits.map((visit) => JSON.parse(visit.body).payment)).size === payments && visits;
      },
      60_000,
    );
    expect(new Set(told.map((visit) => JSON.parse(visit.body).payment))).toEqual(new Set(all.map(({ id }) => id)));
    expect(told).toHaveLength(payments);
  });

  test("one idempotency key, sent to both at the same moment, makes one payment and one event", async () => {
    const body = { ...ordinary(), invoice: newInvoice() };
    const key = { "idempotency-key": `roles-${body.invoice}` };
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => call<PaymentView>("POST", "payments", body, key)),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    const [first] = answers;
    const events = await made(call<{ data: unknown[] }>("GET", `events?payment=${first?.body.id}`));
    expect(events.data).toHaveLength(1);
  });

  test("what a killed worker had taken on is done by the other when its lease has ended", async () => {
    endpoints.push((await endpointAt("/taken-over")).id);
    shop.answerNext("/taken-over", "hang", "hang", "hang", "hang", "hang");
    const all = await Promise.all(Array.from({ length: 5 }, () => create()));
    await until("five deliveries to hang", () => shop.visitsTo("/taken-over").length >= 5, 20_000);
    const [victim] = workers;
    await fleet.kill(victim as string);
    // Those that the other worker had taken on are sent again as well, once the shop's silence has lasted too long.
    const repeated = await until(
      "each of them to come again",
      () => {
        const visits = shop.visitsTo("/taken-over");
        return visits.length >= 10 && new Set(visits.slice(5).map(idOf)).size === 5 && visits;
      },
      takenOverWithinMs,
    );
    expect(new Set(repeated.map(idOf)).size).toBe(5);
    expect(new Set(repeated.map((visit) => JSON.parse(visit.body).payment))).toEqual(new Set(all.map(({ id }) => id)));
  }, 90_000);
});
