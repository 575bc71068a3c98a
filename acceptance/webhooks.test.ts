import type { PaymentView } from "@kineticpay/contract/payment";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Visit } from "./harness/shop.ts";
import { decideAtBank, openStage, type Stage } from "./harness/stage.ts";
import { isGenuineWebhook } from "./harness/standard-webhook.ts";
import { until } from "./harness/until.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

interface Endpoint {
  readonly id: string;
  readonly secret: string;
}
interface Event {
  readonly id: string;
  readonly type: string;
  readonly sequence: number;
  readonly payment: string | null;
}
interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly status: string;
}

/** What a process had taken on when it died is taken over when its leases have ended. */
const takenOverWithinMs = 45_000;

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await stage.gateway.api.call<T>(method, `/api/v2${path}`, body);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}
const endpointAt = (path: string, events: readonly string[]) =>
  call<Endpoint>("POST", "/webhook_endpoints", { url: `${stage.shop.url}${path}`, events });
const eventOf = (visit: Visit) => JSON.parse(visit.body) as Event;

test("an endpoint hears of everything that happens to a payment, numbered and verifiable, and the API shows the same", async () => {
  const { id, secret } = await endpointAt("/hooks", ["payment.*"]);
  const payment = await stage.create();
  await decideAtBank(await stage.buyerAtBank(payment), "Approve");
  await stage.shop.waitForVisit("/hooks", (visit) => eventOf(visit).type === "payment.paid");
  const visits = stage.shop.visitsTo("/hooks");
  for (const visit of visits) {
    expect(isGenuineWebhook(secret, visit.headers, visit.body)).toBe(true);
    expect(isGenuineWebhook(secret, visit.headers, visit.body.replace("1250", "1251"))).toBe(false);
    expect(isGenuineWebhook(stage.gateway.access.signing_secret, visit.headers, visit.body)).toBe(false);
    expect(await call("GET", `/events/${eventOf(visit).id}`)).toEqual(JSON.parse(visit.body));
  }
  const told = visits.map(eventOf).sort((a, b) => a.sequence - b.sequence);
  expect(told.map(({ sequence, type }) => `${sequence} ${type}`)).toEqual([
    "1 payment.created",
    "2 payment.processing",
    "3 payment.paid",
  ]);
  const deliveries = await until("every delivery to be written down", async () => {
    const { data } = await call<{ data: Delivery[] }>("GET", `/webhook_deliveries?webhook_endpoint=${id}`);
    return data.every(({ status }) => status === "delivered") && data;
  });
  expect(deliveries.map(({ event }) => event).sort()).toEqual(told.map((event) => event.id).sort());
  await call("POST", `/webhook_endpoints/${id}/delete`);
});

test("of every payment that was acknowledged, its endpoint hears, though the gateway is killed while it makes and tells of them", async () => {
  const { id, secret } = await endpointAt("/killed", ["payment.created"]);
  const acknowledged: PaymentView[] = [];
  const callers = Array.from({ length: 8 }, async () => {
    for (;;) {
      const payment = await stage.gateway.api.create().catch(() => undefined);
      if (payment === undefined) return;
      acknowledged.push(payment);
    }
  });
  await until("a hundred payments", () => acknowledged.length >= 100);
  await stage.gateway.kill();
  await Promise.all(callers);
  await stage.gateway.start();
  await until(
    "the endpoint to hear of all of them",
    () => {
      const heard = new Set(stage.shop.visitsTo("/killed").map((visit) => eventOf(visit).payment));
      return acknowledged.every((payment) => heard.has(payment.id));
    },
    takenOverWithinMs,
  );
  const bodies = new Map<string, string>();
  for (const visit of stage.shop.visitsTo("/killed")) {
    expect(isGenuineWebhook(secret, visit.headers, visit.body)).toBe(true);
    const key = String(visit.headers["webhook-id"]);
    expect(bodies.get(key) ?? visit.body).toBe(visit.body);
    bodies.set(key, visit.body);
  }
  await call("POST", `/webhook_endpoints/${id}/delete`);
}, 90_000);

test("what an endpoint was being told when the gateway was killed comes again, under the same id and with the same body", async () => {
  const { id } = await endpointAt("/hanging", ["payment.created"]);
  stage.shop.answerNext("/hanging", "hang");
  const payment = await stage.create();
  await stage.shop.waitForVisit("/hanging", (visit) => eventOf(visit).payment === payment.id);
  await stage.gateway.kill9AndRestart();
  const visits = await until(
    "the second attempt",
    () => {
      const seen = stage.shop.visitsTo("/hanging");
      return seen.length > 1 && seen;
    },
    takenOverWithinMs,
  );
  expect(new Set(visits.map((visit) => `${visit.headers["webhook-id"]} ${visit.body}`)).size).toBe(1);
  await call("POST", `/webhook_endpoints/${id}/delete`);
}, 90_000);
