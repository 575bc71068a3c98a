import { newId } from "@kineticpay/contract/ids";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Db } from "../db/db.ts";
import { createMerchant } from "../merchants/create-merchant.ts";
import { DatabaseUnavailable } from "../seams/database-unavailable.ts";
import { alterAccess } from "../testing/alter-access.ts";
import { openTestApp, type RawAnswer, type TestApp } from "../testing/test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

const bearer = () => ({ authorization: `Bearer ${app.merchant.apiKey.key}` });
const get = (path: string, headers: Record<string, string> = bearer()) =>
  app.send({ method: "GET", path, headers, body: "" });
const post = (body: string, headers: Record<string, string> = {}, path = "/api/v2/payments") =>
  app.send({ method: "POST", path, headers: { ...bearer(), "content-type": "application/json", ...headers }, body });
const json = (answer: RawAnswer) => JSON.parse(answer.text);
const order = (more: object = {}) =>
  JSON.stringify({
    amount: 1250,
    invoice: newId("request", Date.now(), app.gateway.random.bytes(10)),
    success_url: "https://shop.example/thanks",
    failure_url: "https://shop.example/again",
    ...more,
  });

/** Thirty secrets of the kinds that shops, buyers and this gateway have. */
const canaries = [
  `kp_live_${"Qm3XvT8yBn5KcR2wJs7HdL9pZf4GtA6eNuY1"}`,
  "kp_test_0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1w",
  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  "canary-secret-04-hunter2",
  "S3cr3tPassw0rd-05",
  "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl06",
  "sk_live_51HCanary0007abcdefgh",
  "4111111111111111",
  "880101145678",
  "-----BEGIN PRIVATE KEY-----canary10",
  "siti.canary@example.com",
  "+60 12-345 6712",
  "Siti Canary binti Ahmad",
  "No 14, Jalan Canary 14/15, 47300 Petaling Jaya",
  "canary_session_15_9f8e7d6c5b4a",
  "AKIAIOSFODNN7CANARY16",
  "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
  "xoxb-canary-18-123456789012-abcdef",
  "canary~nineteen~token",
  "0123456789abcdef0123456789abcd20",
  "dXNlcjpjYW5hcnkyMQ==",
  "hosted-merchant-key-canary-22",
  "PIN canary 23: 991823",
  "canary.twenty-four.value",
  "canary%25five",
  "CANARY-UPPER-26-ZZTOP",
  "maybank2u-canary-27",
  "canary28;drop table",
  "🔑canary29",
  "canary-thirty-end",
] as const;

/** Everything that the database holds of the log, as text. */
async function wholeLog(): Promise<string> {
  await get("/api/v2/requests");
  const rows = await app.gateway.db.query<{ row: string }>(
    "select l::text as row from request_log l union all select l::text from request_log_of_strangers l",
  );
  return rows.map((row) => row.row).join("\n");
}

describe("nothing secret is in the log", () => {
  test("thirty canaries, sent down every path there is", { timeout: 60_000 }, async () => {
    const wire = "/payment/create";
    const form = { "content-type": "application/x-www-form-urlencoded", authorization: "" };
    for (const canary of canaries) {
      const text = encodeURIComponent(canary);
      const header = canary.replace(/[^\x20-\x7e]/g, "k");
      await get(`/api/v2/ping`, { authorization: `Bearer ${header}` });
      await get(`/api/v2/ping`, { authorization: `Basic ${Buffer.from(`${canary}:`).toString("base64")}` });
      await get(`/api/v2/ping`, { authorization: header });
      await get(`/api/v2/ping`, { ...bearer(), cookie: `session=${header}`, "x-api-key": header, referer: header });
      await get(`/api/v2/payments?api_key=${text}&token=${text}&invoice=1`);
      await get(`/api/v2/payments?${text}=1&limit=${text}&status=${text}`);
      await get(`/api/v2/payments/${text}`);
      await get(`/api/v2/${text}/payments`);
      await post(order({ description: canary, metadata: { [canary.slice(0, 40)]: canary } }));
      await post(order({ buyer: { name: canary, email: "siti.canary@example.com", phone: "+60 12-345 6712" } }));
      await post(order({ buyer: { email: canary, phone: canary }, secret: canary, [canary]: canary }));
      await post(order({ model: canary, locale: canary, currency: canary, bank: canary, expires_in: canary }));
      await post(order({ amount: canary, success_url: canary, callback_url: `https://shop.example/${text}` }));
      await post(order({ callback_url: `https://shop.example/hook?token=${text}&${text}=1#${text}` }));
      await post(order({ success_url: `https://user:${text}@shop.example/` }));
      await post(JSON.stringify(canary));
      await post(JSON.stringify([canary, { password: canary }]));
      await post(`{"password":${JSON.stringify(canary)},"amount":1,}`);
      await post(canary, { "content-type": header });
      await post(`merchant_key=${text}&invoice=1&note=${text}`, form, wire);
      await post(JSON.stringify({ merchant_key: canary, [canary]: canary, description: canary }), {}, wire);
      await get(`/payment/status?merchant_key=${text}&invoice=1`, {});
      await get(`/payment/${text}?merchant_key=${text}`, {});
    }
    const log = await wholeLog();
    for (const canary of canaries) {
      const forms = [canary, encodeURIComponent(canary), JSON.stringify(canary).slice(1, -1)];
      for (const form of forms) expect(log.split("\n").filter((line) => line.includes(form))).toEqual([]);
    }
    expect(log).not.toContain(app.merchant.apiKey.key);
    expect(log).toContain("/payment/create");
  });

  test("a verified key is shown by its ends alone, also where it stands in a field", async () => {
    const { key } = app.merchant.apiKey;
    const answer = await post(
      order({ invoice: key, description: key, bank: key, success_url: `https://x.example/${key}` }),
    );
    const found = json(await get(`/api/v2/requests/${answer.headers["x-request-id"]}`));
    expect(JSON.stringify(found)).not.toContain(key);
    expect(found.key).toEqual({ id: app.merchant.apiKey.id, hint: `kp_test_…${key.slice(-4)}` });
  });

  test("a key that was made over the API is not in the log of the call that made it", async () => {
    await alterAccess(app.gateway, "update api_keys set scopes = scopes || '{manage}' where id = $1", [
      app.merchant.apiKey.id,
    ]);
    const made = json(await post(JSON.stringify({ name: "new" }), {}, "/api/v2/api_keys"));
    expect(made.key).toMatch(/^kp_test_/);
    expect(await wholeLog()).not.toContain(made.key);
    await alterAccess(app.gateway, "update api_keys set scopes = array_remove(scopes, 'manage') where id = $1", [
      app.merchant.apiKey.id,
    ]);
  });
});

describe("the log of calls", () => {
  test("has a call that has just been answered, with what matters of it", async () => {
    const sent = { amount: 1900, bank: "MB2U0227", buyer: { email: "siti@example.com", name: "Siti" } };
    const answer = await post(order({ ...sent, invoice: "LOG-1" }), {}, "/api/v2/payments?validate_only=true");
    const found = json(await get(`/api/v2/requests/${answer.headers["x-request-id"]}`));
    expect(found).toMatchObject({
      object: "request",
      id: answer.headers["x-request-id"],
      address: "127.0.0.1",
      method: "POST",
      route: "/api/v2/payments",
      path: "/api/v2/payments",
      query: { validate_only: "true" },
      status: 200,
      code: null,
      body: { amount: 1900, invoice: "LOG-1", bank: "MB2U0227", buyer: { email: "s…@….com" } },
      answer: { object: "validation", valid: true },
    });
    expect(found.duration_ms).toBeGreaterThan(0);
  });

  test("has failures with their faults, and the wire protocol's calls", async () => {
    const failed = await post(order({ amount: "12.50" }));
    expect(json(await get(`/api/v2/requests/${failed.headers["x-request-id"]}`))).toMatchObject({
      status: 403,
      code: "fields_invalid",
      body: { amount: "12.50" },
      answer: { fields: [{ path: "/amount", code: "field_wrong_type" }] },
    });
    const wire = await post(
      new URLSearchParams({ merchant_key: app.merchant.merchantKey.key, invoice: "W-1" }).toString(),
      { "content-type": "application/x-www-form-urlencoded" },
      "/payment/create",
    );
    expect(json(await get(`/api/v2/requests/${wire.headers["x-request-id"]}`))).toMatchObject({
      protocol: "wire",
      key: { id: app.merchant.merchantKey.id },
      body: { invoice: "W-1", merchant_key: "(not kept)" },
    });
  });

  test("has nothing of health, pages and bank messages", async () => {
    const before = (await wholeLog()).split("\n").length;
    await get("/health", {});
    await get("/ready", {});
    await get("/checkout/nothing", {});
    await app.send({ method: "POST", path: "/fpx/direct", headers: {}, body: "fpx_msgType=AC" });
    // Asking for the log twice adds the asking itself, and nothing else.
    expect((await wholeLog()).split("\n").length).toBe(before + 1);
  });

  test("is read page by page, and by what is looked for", async () => {
    for (let i = 0; i < 5; i += 1) await get(`/api/v2/payments/none-${i}`);
    const first = json(await get("/api/v2/requests?code=resource_missing&limit=2"));
    expect(first).toMatchObject({ object: "list", has_more: true });
    const rest = json(await get(`/api/v2/requests?code=resource_missing&limit=100&starting_after=${first.data[1].id}`));
    const ids = [...first.data, ...rest.data].map((call: { id: string }) => call.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual([...ids].sort().reverse());
    const by = async (query: string) => json(await get(`/api/v2/requests?limit=100&${query}`)).data;
    expect((await by("status=404")).every((call: { status: number }) => call.status === 404)).toBe(true);
    expect(await by("route=/api/v2/payments/:id&code=resource_missing")).toHaveLength(ids.length);
    expect(await by(`key=${app.merchant.apiKey.id}&status=404`)).not.toHaveLength(0);
    expect(await by("key=key_00000000000000000000000000")).toEqual([]);
    expect(await by("created_before=2020-01-01")).toEqual([]);
  });

  test("shows nobody the calls of another, not even that they were made", async () => {
    const other = await createMerchant(app.gateway, { name: "B", collectionName: "B", website: "https://b.example" });
    const headers = { authorization: `Bearer ${other.apiKey.key}` };
    const mine = (await get("/api/v2/ping")).headers["x-request-id"];
    const theirs = await get(`/api/v2/requests/${mine}`, headers);
    const never = await get(`/api/v2/requests/${newId("request", Date.now(), app.gateway.random.bytes(10))}`, headers);
    const plain = (text: string) => text.replace(/req_[0-9A-Z]{26}/g, "req");
    expect(theirs.status).toBe(404);
    expect(plain(theirs.text)).toBe(plain(never.text));
    expect(json(await get(`/api/v2/requests/${mine}/explain`, headers))).toMatchObject({ code: "resource_missing" });
    const list = json(await get("/api/v2/requests", headers));
    expect(list.data.every((call: { collection: string }) => call.collection === other.collectionId)).toBe(true);
  });

  test("gives a call that was refused for its key to the key's owner", async () => {
    await alterAccess(app.gateway, "update api_keys set revoked_at = now() where id = $1", [
      app.merchant.merchantKey.id,
    ]);
    const refused = await get(`/payment/status?merchant_key=${app.merchant.merchantKey.key}&invoice=1`, {});
    await alterAccess(app.gateway, "update api_keys set revoked_at = null where id = $1", [
      app.merchant.merchantKey.id,
    ]);
    expect(json(await get(`/api/v2/requests/${refused.headers["x-request-id"]}`))).toMatchObject({
      code: "key_revoked",
      key: { id: app.merchant.merchantKey.id },
    });
  });
});

test("a log that cannot be written neither fails nor slows a call", async () => {
  let attempts = 0;
  const isLog = (text: string) => {
    const found = text.includes("request_log");
    if (found) attempts += 1;
    return found;
  };
  const broken = await openTestApp({
    change: (gateway) => {
      const db: Db = {
        ...gateway.db,
        write: (name, text, values) =>
          isLog(text) ? Promise.reject(new DatabaseUnavailable("gone")) : gateway.db.write(name, text, values),
      };
      return { db };
    },
  });
  const hanging = await openTestApp({
    change: (gateway) => {
      const db: Db = {
        ...gateway.db,
        write: (name, text, values) =>
          isLog(text) ? new Promise(() => undefined) : gateway.db.write(name, text, values),
      };
      return { db };
    },
  });
  for (const each of [broken, hanging]) {
    const headers = { authorization: `Bearer ${each.merchant.apiKey.key}`, "content-type": "application/json" };
    for (let i = 0; i < 150; i += 1) {
      const answer = await each.send({ method: "POST", path: "/api/v2/payments", headers, body: order() });
      expect(answer.status).toBe(200);
    }
    const started = performance.now();
    await each.close();
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(attempts).toBeGreaterThan(0);
    attempts = 0;
  }
});
