import { deliverDue } from "../../callbacks/deliver.ts";
import { nothing, paymentBody, type World } from "./world.ts";

interface Made {
  readonly id: string;
}
interface Found {
  readonly data: readonly Made[];
}

const list = "GET /api/v2/webhook_deliveries";
const endpoints = "POST /api/v2/webhook_endpoints";

/** What happened, read one by one and in pages. */
async function readEvents({ traveller }: World, payment: string): Promise<Made> {
  const { data } = await traveller.ok<Found>("GET /api/v2/events", { query: { payment, type: "payment.created" } });
  const [event] = data;
  if (event === undefined) throw new Error("a payment was made without an event");
  await traveller.ok("GET /api/v2/events/:id", { params: { id: event.id } });
  await traveller.fails("resource_missing", "GET /api/v2/events/:id", { params: { id: nothing("evt") } });
  await traveller.fails("fields_invalid", "GET /api/v2/events", { query: { type: "payment.payed" } });
  return event;
}

/** Deliveries: one that was acknowledged, one that was not, and both sent again. */
async function readDeliveries({ traveller, test, shop }: World, endpoint: string): Promise<void> {
  shop.behave((response) => response.writeHead(503, { "retry-after": "60" }).end("<h1>Closed for today</h1>"));
  await deliverDue(test.gateway);
  const { data } = await traveller.ok<Found>(list, { query: { webhook_endpoint: endpoint, limit: "10" } });
  const params = { id: data[0]?.id ?? "" };
  await traveller.ok("GET /api/v2/webhook_deliveries/:id", { params });
  shop.behave((response) => response.end("OK"));
  await traveller.ok("POST /api/v2/webhook_deliveries/:id/resend", { params });
  await deliverDue(test.gateway);
  const missing = { params: { id: nothing("dlv") } };
  await traveller.fails("resource_missing", "GET /api/v2/webhook_deliveries/:id", missing);
  await traveller.fails("resource_missing", "POST /api/v2/webhook_deliveries/:id/resend", missing);
  await traveller.fails("fields_invalid", list, { query: { status: "lost" } });
  await traveller.ok("POST /api/v2/webhook_endpoints/:id/disable", { params: { id: endpoint } });
  await traveller.fails("state_not_allowed", "POST /api/v2/webhook_deliveries/:id/resend", { params });
}

/** An endpoint from its making to its end. */
export async function beTold(world: World): Promise<void> {
  const { traveller, shop } = world;
  const { id } = await traveller.ok<Made>(endpoints, {
    body: { url: `${shop.url}/webhooks`, events: ["payment.*", "bank.offline"], description: "The back office" },
  });
  await traveller.fails("fields_invalid", endpoints, { body: { url: "shop.example", events: ["payment.payed"] } });
  const elsewhere = { url: "https://shop.example/webhooks", collection: nothing("col") };
  await traveller.fails("resource_missing", endpoints, { body: elsewhere });
  await traveller.ok("GET /api/v2/webhook_endpoints", { query: { limit: "10" } });
  await traveller.fails("fields_invalid", "GET /api/v2/webhook_endpoints", { query: { limit: "0" } });
  const payment = await traveller.ok<Made>("POST /api/v2/payments", { body: paymentBody("40001") });
  await readEvents(world, payment.id);
  const of = (action: string) => `POST /api/v2/webhook_endpoints/:id/${action}`;
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const calls = [
    ["GET /api/v2/webhook_endpoints/:id", {}],
    ["PATCH /api/v2/webhook_endpoints/:id", { body: { events: ["payment.*", "bank.*"] } }],
    [of("enable"), {}],
    [of("disable"), {}],
    [of("roll_secret"), { body: { overlap_hours: 24 } }],
    [of("test"), {}],
    [of("recover"), { body: { since } }],
    [of("replay"), { body: { from: since, only_missing: true } }],
    [of("delete"), {}],
  ] as const;
  for (const [operation, sent] of calls) {
    await traveller.fails("resource_missing", operation, { params: { id: nothing("whe") }, ...sent });
  }
  const params = { id };
  const sending = [of("test"), of("recover"), of("replay")];
  const quiet = calls.filter(([operation]) => ![...sending, of("disable"), of("delete")].includes(operation));
  for (const [operation, sent] of quiet) await traveller.ok(operation, { params, ...sent });
  for (const [operation, sent] of calls.filter(([each]) => sending.includes(each)))
    await traveller.ok(operation, { params, ...sent });
  // As far back from whenever this runs, so that what is recorded of it is the same.
  const tooLongAgo = new Date(Date.now() - 60 * 24 * 3_600_000).toISOString();
  await traveller.fails("fields_invalid", of("recover"), { params, body: { since: tooLongAgo } });
  await traveller.fails("fields_invalid", of("replay"), { params, body: { from: tooLongAgo } });
  await readDeliveries(world, id);
  for (const [operation, sent] of calls.filter(([each]) => sending.includes(each)))
    await traveller.fails("state_not_allowed", operation, { params, ...sent });
  for (let i = 0; i < 3; i += 1) await traveller.ok(of("roll_secret"), { params, body: { overlap_hours: 168 } });
  await traveller.fails("state_not_allowed", of("roll_secret"), { params, body: { overlap_hours: 24 } });
  await traveller.ok(of("delete"), { params });
}
