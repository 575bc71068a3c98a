import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shareStatements } from "../db/shared-statements.ts";
import { createMerchant } from "../merchants/create-merchant.ts";
import { callApi } from "../testing/call-api.ts";
import { furtherKey, manyRefusals } from "../testing/further-key.ts";
import { sampleBody } from "../testing/fuzz/sample-body.ts";
import { openTestApp, type TestApp } from "../testing/test-app.ts";
import { takesKey } from "./idempotency-key.ts";
import { routes } from "./routes/index.ts";

let app: TestApp;
let key: string;
beforeAll(async () => {
  app = await openTestApp({ settings: { ...manyRefusals, KINETICPAY_KEY_BURST: "100000" } });
  key = (await furtherKey(app)).key;
});
afterAll(() => app.close());

let made = 0;
const fresh = (what = "K") => `${what}-${++made}`;
const order = (change: Readonly<Record<string, unknown>> = {}) => ({
  amount: 1250,
  invoice: fresh("INV"),
  success_url: "https://shop.example/thanks",
  failure_url: "https://shop.example/again",
  ...change,
});

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly body?: unknown;
  readonly apiKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A call with an idempotency key; of POST /api/v2/payments unless told otherwise. */
const send = (idempotencyKey: string, { method = "POST", path = "/payments", body, apiKey = key, headers }: Sent) =>
  callApi(app, apiKey, method, `/api/v2${path}`, body, { "idempotency-key": idempotencyKey, ...headers });

async function count(text: string, values: readonly unknown[] = []): Promise<number> {
  const [row] = await app.gateway.db.query<{ count: number }>(`select count(*) as count from ${text}`, values);
  return row?.count ?? -1;
}
const payments = (invoice: string) => count("payments where invoice = $1", [invoice]);
const records = (idempotencyKey: string) => count("idempotency_records where idempotency_key = $1", [idempotencyKey]);

describe("a repeat", () => {
  it("gets the first answer byte for byte, says so, and does nothing", async () => {
    const [k, body] = [fresh(), order()];
    const first = await send(k, { body });
    expect(first.status).toBe(200);
    expect(first.headers["idempotency-replayed"]).toBeUndefined();
    const events = await count("events");
    for (let i = 0; i < 3; i += 1) {
      const again = await send(k, { body });
      expect(again.text).toBe(first.text);
      expect(again.status).toBe(200);
      expect(again.headers["idempotency-replayed"]).toBe("true");
      expect(again.headers["content-type"]).toBe(first.headers["content-type"]);
      expect(again.headers["x-request-id"]).toMatch(/^req_/);
      expect(again.headers["x-request-id"]).not.toBe(first.headers["x-request-id"]);
    }
    expect(await payments(body.invoice)).toBe(1);
    expect(await count("events")).toBe(events);
  });

  it("gets it as it was, whatever has become of the payment", async () => {
    const [k, body] = [fresh(), order()];
    const first = await send(k, { body });
    await send(fresh(), { path: `/payments/${first.body["id"]}/cancel` });
    const again = await send(k, { body });
    expect(again.text).toBe(first.text);
    expect(again.body).toMatchObject({ status: "open" });
  });

  it("is one whatever the order and spacing of its members", async () => {
    const k = fresh();
    const text =
      '{"amount":1250,"invoice":"SPACED","success_url":"https://a.example","failure_url":"https://b.example"}';
    const other =
      '{ "failure_url": "https://b.example", "invoice": "SPACED",\n"success_url":"https://a.example", "amount": 1.25e3 }';
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json", "idempotency-key": k };
    const post = (body: string) => app.send({ method: "POST", path: "/api/v2/payments", headers, body });
    const first = await post(text);
    expect(first.status).toBe(200);
    expect(await post(other)).toMatchObject({ status: 200, text: first.text });
  });

  it.each(["internal_error; after=commit", "internal_error; after=commit; drop", "half"])(
    "finds the payment of a call whose answer was lost to %s",
    async (fault) => {
      const [k, body] = [fresh(), order()];
      const lost = await send(k, { body, headers: { "kineticpay-fault": fault } }).catch(() => undefined);
      expect(lost?.status).not.toBe(200);
      const again = await send(k, { body });
      expect([again.status, again.headers["idempotency-replayed"]]).toEqual([200, "true"]);
      expect(await payments(body.invoice)).toBe(1);
      expect(await count("events where payment_id = $1", [again.body["id"]])).toBe(1);
    },
  );

  it("is one under a key that replaced the key of the first call", async () => {
    const old = await furtherKey(app);
    const [k, body] = [fresh(), order()];
    const first = await send(k, { body, apiKey: old.key });
    const rolled = await send(fresh(), { path: `/api_keys/${old.id}/roll`, body: { overlap_hours: 0 } });
    expect(await send(k, { body, apiKey: old.key })).toMatchObject({ status: 401 });
    expect(await send(k, { body, apiKey: String(rolled.body["key"]) })).toMatchObject({
      status: 200,
      text: first.text,
    });
  });

  it.each(["PATCH", "POST"])("of any %s does nothing a second time", async (method) => {
    const { body: payment } = await send(fresh(), { body: order() });
    const path = method === "PATCH" ? `/payments/${payment["id"]}` : `/payments/${payment["id"]}/cancel`;
    const k = fresh();
    const sent = { method, path, ...(method === "PATCH" ? { body: { description: "changed" } } : {}) };
    const first = await send(k, sent);
    expect(first.status).toBe(200);
    const events = await count("events where payment_id = $1", [payment["id"]]);
    const again = await send(k, sent);
    expect([again.status, again.text, again.headers["idempotency-replayed"]]).toEqual([200, first.text, "true"]);
    expect(await count("events where payment_id = $1", [payment["id"]])).toBe(events);
  });

  it("gets the secret that the first call was shown, which nothing else holds", async () => {
    const k = fresh();
    const first = await send(k, { path: "/api_keys", body: { name: "once" } });
    const again = await send(k, { path: "/api_keys", body: { name: "once" } });
    expect(again.text).toBe(first.text);
    expect(await count("api_keys where name = 'once'")).toBe(1);
    expect(await count("idempotency_records r where r::text like $1", [`%${first.body["key"]}%`])).toBe(0);
    expect(await count("idempotency_records where idempotency_key = $1 and body is null", [k])).toBe(1);
  });
});

describe("another call under the same key", () => {
  it("is refused, and told what the key was used for and which part differs", async () => {
    const [k, body] = [fresh(), order({ description: "secret plans" })];
    const first = await send(k, { body });
    const refused = await send(k, { body: { ...body, amount: 1251, description: "other plans" } });
    expect(refused).toMatchObject({ status: 403, body: { code: "idempotency_key_reused", fields: [] } });
    expect(refused.body["meta"]).toEqual({
      differs: "body",
      route: "POST /api/v2/payments",
      first_used_at: expect.stringMatching(/^\d{4}-.*Z$/),
      request: first.headers["x-request-id"],
    });
    expect(refused.text).not.toContain("plans");
    expect(refused.headers["idempotency-replayed"]).toBeUndefined();
    expect(await payments(body.invoice)).toBe(1);
    expect(await send(k, { body })).toMatchObject({ text: first.text });
  });

  it("is refused for another path, and for another route", async () => {
    const one = await send(fresh(), { body: order() });
    const other = await send(fresh(), { body: order() });
    const k = fresh();
    await send(k, { path: `/payments/${one.body["id"]}/cancel` });
    const path = await send(k, { path: `/payments/${other.body["id"]}/cancel` });
    expect(path.body["meta"]).toMatchObject({ differs: "path", route: "POST /api/v2/payments/:id/cancel" });
    const route = await send(k, { body: order() });
    expect(route.body["meta"]).toMatchObject({ differs: "route", route: "POST /api/v2/payments/:id/cancel" });
    const kept = await callApi(app, key, "GET", `/api/v2/payments/${other.body["id"]}`);
    expect(kept.body).toMatchObject({ status: "open" });
  });

  it("is another merchant's own affair, and another collection's", async () => {
    const stranger = await createMerchant(app.gateway, {
      name: "Lain",
      collectionName: "Lain",
      website: "https://lain.example",
    });
    const second = await send(fresh(), {
      path: "/collections",
      body: { name: "Second", website: "https://second.example" },
    });
    const sister = await send(fresh(), { path: "/api_keys", body: { collection: second.body["id"] } });
    const [k, body] = [fresh(), order()];
    const first = await send(k, { body });
    const answers = [first];
    for (const apiKey of [stranger.apiKey.key, String(sister.body["key"])]) {
      answers.push(await send(k, { body, apiKey }));
      expect(await send(k, { body, apiKey })).toMatchObject({ text: answers.at(-1)?.text });
    }
    expect(answers.map((each) => each.headers["idempotency-replayed"])).toEqual([undefined, undefined, undefined]);
    expect(new Set(answers.map((each) => each.body["id"])).size).toBe(3);
  });
});

describe("the header", () => {
  const keyed = routes.filter(takesKey);
  const bad: readonly [string, string][] = [
    ["empty", ""],
    ["too long", "x".repeat(256)],
    ["not ASCII", "k\u00e9y"],
    ["a tab", "a\tb"],
  ];

  it.each(bad)("is refused by name when it is %s, on every POST and PATCH, rehearsed or not", async (_what, value) => {
    for (const route of keyed) {
      const path = route.url.replace("/api/v2", "").replace(/:\w+/g, "pay_1");
      for (const query of ["", "?validate_only=true"]) {
        const answer = await send(value, {
          method: route.method,
          path: `${path}${query}`,
          body: sampleBody(route),
        });
        expect(answer.body, route.url).toMatchObject({ code: "fields_invalid", meta: { paths: ["Idempotency-Key"] } });
        expect(answer.text).not.toContain(value === "" ? "\u0000" : value);
      }
    }
  });

  it("is refused when it comes twice, since one of the two would be overlooked", async () => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const twice = { ...headers, "idempotency-key": ["a", "b"] as unknown as string };
    const answer = await app.send({
      method: "POST",
      path: "/api/v2/payments",
      headers: twice,
      body: JSON.stringify(order()),
    });
    expect(JSON.parse(answer.text)).toMatchObject({ code: "fields_invalid", fields: [{ path: "Idempotency-Key" }] });
  });

  it.each(["x", "x".repeat(255), "with space", '"quoted"', "~!@#$%^&*()"])("may be %s", async (value) => {
    const body = order();
    const first = await send(value, { body });
    expect(first.status).toBe(200);
    expect(await send(value, { body })).toMatchObject({ status: 200, text: first.text });
  });

  it("means nothing to a call that reads, or that replaces a list whole", async () => {
    const k = fresh();
    expect(await send(k, { method: "GET", path: "/ping" })).toMatchObject({ status: 200 });
    expect(await send("", { method: "GET", path: "/ping" })).toMatchObject({ status: 200 });
    const { id } = await furtherKey(app);
    for (const address of ["203.0.113.7", "203.0.113.8"]) {
      const body = { ip_allow_list: [address] };
      expect(await send(k, { method: "PUT", path: `/api_keys/${id}/ip_allow_list`, body })).toMatchObject({
        status: 200,
        body: { ip_allow_list: [address] },
      });
    }
    expect(await records(k)).toBe(0);
  });
});

it("costs a new payment no statement more than it costs without a key: one", async () => {
  const statements: string[] = [];
  const noted = (text: string) => {
    // Who calls is looked up either way; rules and the log are no part of the call.
    if (!/api_keys|access_version|fault_rules|request_log/.test(text)) statements.push(text);
    return text;
  };
  const watched = await openTestApp({
    beside: app,
    change: ({ db }) => ({
      db: {
        ...db,
        query: (text, values) => db.query(noted(text), values),
        share: shareStatements((text, values) => db.write("payments.create", noted(text), values)).share,
        write: (name, text, values) => db.write(name, noted(text), values),
        transaction: () => {
          throw new Error("a transaction was begun");
        },
      },
    }),
  });
  for (const headers of [{}, { "idempotency-key": fresh() }]) {
    const answer = await callApi(watched, key, "POST", "/api/v2/payments", order(), headers);
    expect(answer.status).toBe(200);
  }
  await watched.close();
  expect(statements).toEqual([
    expect.not.stringContaining("idempotency_records"),
    expect.stringContaining("idempotency_records"),
  ]);
});
