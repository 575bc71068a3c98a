import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { openDb } from "../db/open-db.ts";
import { newApiKey } from "../merchants/key-format.ts";
import { createKnownKeys } from "../merchants/known-keys.ts";
import { alterAccess } from "../testing/alter-access.ts";
import { callApi } from "../testing/call-api.ts";
import { furtherKey, manyRefusals } from "../testing/further-key.ts";
import { openTestApp, sendTo, type TestApp } from "../testing/test-app.ts";
import { buildApp } from "./app.ts";

let app: TestApp;
/** The same gateway in another process, as far as a process can be told apart: own connections, own memory, own port. */
let second: { send: TestApp["send"]; close: () => Promise<void> };

async function openSecond(first: TestApp): Promise<typeof second> {
  const onIdleError = (error: Error) => {
    throw error;
  };
  const connectionString = first.gateway.config.databaseUrl ?? "";
  const db = openDb({ connection: { connectionString }, poolSize: 2, onIdleError });
  const served = buildApp({ ...first.gateway, db, knownKeys: createKnownKeys() });
  await served.listen({ host: "127.0.0.1", port: 0 });
  const { port } = served.server.address() as AddressInfo;
  return {
    send: sendTo({ host: "127.0.0.1", port }),
    close: async () => {
      await served.close();
      await db.close();
    },
  };
}

beforeAll(async () => {
  app = await openTestApp({ settings: manyRefusals });
  second = await openSecond(app);
});
afterAll(async () => {
  await second.close();
  await app.close();
});
beforeEach(async () => {
  await alterAccess(app.gateway, "update collections set api_enabled = true, ip_allow_list = '{}'");
});

const set = (id: string, assignment: string) =>
  alterAccess(app.gateway, `update api_keys set ${assignment} where id = '${id}'`);
const nowhere = "ip_allow_list = '{192.0.2.1}'";

it("finds the faults of a call in the contract's order, each hiding all that come after it", async () => {
  const { id, key } = await furtherKey(app, ["payments:read"]);
  await set(id, `revoked_at = now(), expires_at = now() - interval '1 hour', ${nowhere}`);
  await alterAccess(app.gateway, "update collections set api_enabled = false");
  const codeOf = async (authorization: string | undefined, type: string, body: string) => {
    const headers = { ...(authorization === undefined ? {} : { authorization }), "content-type": type };
    const answer = await app.send({ method: "POST", path: "/api/v2/payments", headers, body });
    return (JSON.parse(answer.text) as { code: string }).code;
  };
  const mistyped = `${key.slice(0, -1)}${key.endsWith("a") ? "b" : "a"}`;
  expect(await codeOf(undefined, "text/plain", "{")).toBe("key_missing");
  expect(await codeOf(`Bearer ${mistyped}`, "text/plain", "{")).toBe("key_malformed");
  expect(await codeOf(`Bearer ${newApiKey("live", app.gateway.random)}`, "text/plain", "{")).toBe("key_wrong_mode");
  expect(await codeOf(`Bearer ${newApiKey("sandbox", app.gateway.random)}`, "text/plain", "{")).toBe("key_invalid");
  const known = (type = "text/plain", body = "{") => codeOf(`Bearer ${key}`, type, body);
  expect(await known()).toBe("key_revoked");
  await set(id, "revoked_at = null");
  expect(await known()).toBe("key_expired");
  await set(id, "expires_at = null");
  expect(await known()).toBe("api_not_enabled");
  await alterAccess(app.gateway, "update collections set api_enabled = true");
  expect(await known()).toBe("ip_not_allowed");
  await set(id, "ip_allow_list = '{}'");
  expect(await known()).toBe("scope_missing");
  await set(id, "scopes = '{payments:write}'");
  expect(await known()).toBe("media_type_unsupported");
  expect(await known("application/json")).toBe("json_malformed");
  expect(await known("application/json", "{}")).toBe("fields_invalid");
});

it("lets an unknown key learn nothing of switch and lists, whatever they say", async () => {
  await alterAccess(app.gateway, "update collections set api_enabled = false, ip_allow_list = '{192.0.2.1}'");
  const stranger = newApiKey("sandbox", app.gateway.random);
  const closed = await callApi(app, stranger, "GET", "/api/v2/ping");
  const whoami = await callApi(app, stranger, "GET", "/api/v2/whoami");
  await alterAccess(app.gateway, "update collections set api_enabled = true, ip_allow_list = '{}'");
  const open = await callApi(app, stranger, "GET", "/api/v2/ping");
  const bare = (answer: { status: number; text: string }) => answer.text.replace(/"request_id":"[^"]*"/, "");
  expect(open.body).toMatchObject({ code: "key_invalid" });
  expect(bare(closed)).toBe(bare(open));
  expect(bare(whoami)).toBe(bare(open));
});

it.each([
  ["key", "api_keys", () => app.merchant.apiKey.id],
  ["collection", "collections", () => app.merchant.collectionId],
] as const)("names the address it saw, and the %s whose list it is not on", async (list, table, idOf) => {
  const id = idOf();
  await alterAccess(app.gateway, `update ${table} set ip_allow_list = '{192.0.2.1,2001:db8::/32}' where id = $1`, [id]);
  const answer = await callApi(app, app.merchant.apiKey.key, "GET", "/api/v2/ping");
  expect(answer.status).toBe(401);
  expect(answer.body).toMatchObject({ code: "ip_not_allowed", meta: { address: "127.0.0.1", list, object: id } });
  expect(answer.body["message"]).toContain("127.0.0.1");
  // Who may call is nobody's business who may not.
  expect(answer.text).not.toContain("192.0.2.1");
  await alterAccess(app.gateway, `update ${table} set ip_allow_list = '{127.0.0.0/8}' where id = $1`, [id]);
  expect((await callApi(app, app.merchant.apiKey.key, "GET", "/api/v2/ping")).status).toBe(200);
  await alterAccess(app.gateway, `update ${table} set ip_allow_list = '{}' where id = $1`, [id]);
});

it("lets a call in only when both lists do", async () => {
  const { id, key } = await furtherKey(app);
  await set(id, "ip_allow_list = '{127.0.0.1}'");
  await alterAccess(app.gateway, "update collections set ip_allow_list = '{192.0.2.1}'");
  expect((await callApi(app, key, "GET", "/api/v2/ping")).body).toMatchObject({ meta: { list: "collection" } });
  await alterAccess(app.gateway, "update collections set ip_allow_list = '{127.0.0.1}'");
  expect((await callApi(app, key, "GET", "/api/v2/ping")).status).toBe(200);
});

it("holds the wire protocol to switch and lists as well", async () => {
  const query = new URLSearchParams({ merchant_key: app.merchant.merchantKey.key, invoice: "1" }).toString();
  const status = async () => {
    const answer = await app.send({ method: "GET", path: `/payment/status?${query}`, headers: {}, body: "" });
    return JSON.parse(answer.text) as { code: string; error: Record<string, string[]> };
  };
  await alterAccess(app.gateway, "update collections set ip_allow_list = '{192.0.2.1}'");
  const refused = await status();
  expect(refused.code).toBe("ip_not_allowed");
  expect(refused.error["merchant_key"]?.[0]).toContain("127.0.0.1");
  await alterAccess(app.gateway, "update collections set api_enabled = false");
  expect((await status()).code).toBe("api_not_enabled");
  await alterAccess(app.gateway, "update collections set api_enabled = true, ip_allow_list = '{}'");
  expect((await status()).code).toBe("resource_missing");
});

it("answers whoami to every verified key despite switch and list, and says what stands in the way; ping does not", async () => {
  const { id, key } = await furtherKey(app, ["payments:read"]);
  await set(id, "name = 'Second server'");
  const open = await callApi(app, key, "GET", "/api/v2/whoami");
  expect(open.body).toMatchObject({
    mode: "sandbox",
    key: { id, name: "Second server", scopes: ["payments:read"], expires_at: null },
    collection: { id: app.merchant.collectionId, api_enabled: true },
    address: "127.0.0.1",
    address_allowed: true,
  });
  await set(id, nowhere);
  await alterAccess(app.gateway, "update collections set api_enabled = false");
  const closed = await callApi(app, key, "GET", "/api/v2/whoami");
  expect(closed.status).toBe(200);
  expect(closed.body).toMatchObject({ collection: { api_enabled: false }, address_allowed: false });
  expect((await callApi(app, key, "GET", "/api/v2/ping")).status).toBe(401);
});

it("does not answer whoami to a key that has ended", async () => {
  const { id, key } = await furtherKey(app);
  await set(id, "expires_at = now() - interval '1 second'");
  expect((await callApi(app, key, "GET", "/api/v2/whoami")).body).toMatchObject({ code: "key_expired" });
  await set(id, "revoked_at = now()");
  expect((await callApi(app, key, "GET", "/api/v2/whoami")).body).toMatchObject({ code: "key_revoked" });
});

it("takes HTTP Basic with the key as user name and an empty password", async () => {
  const authorization = `Basic ${Buffer.from(`${app.merchant.apiKey.key}:`).toString("base64")}`;
  const answer = await app.send({ method: "GET", path: "/api/v2/ping", headers: { authorization }, body: "" });
  expect(answer.status).toBe(200);
});

it("lets switch, list, scope and revocation act on another process within a second", async () => {
  const manager = await furtherKey(app);
  const { id, key } = await furtherKey(app, ["payments:read"]);
  const collection = `/api/v2/collections/${app.merchant.collectionId}`;
  const change = async (method: string, path: string, body: unknown) => {
    const answer = await callApi(app, manager.key, method, path, body);
    expect(answer.status, answer.text).toBe(200);
  };
  const elsewhere = async () => {
    const answer = await callApi(second, key, "GET", "/api/v2/payments");
    return answer.status === 200 ? "ok" : (answer.body["code"] as string);
  };
  /** What the other process says within the second, though it knew the key as it was before. */
  const becomes = async (wanted: string) => {
    const changedMs = performance.now();
    while ((await elsewhere()) !== wanted) expect(performance.now() - changedMs).toBeLessThan(1_000);
  };
  await becomes("ok");
  await change("PATCH", collection, { api_enabled: false, force: true });
  await becomes("api_not_enabled");
  await alterAccess(app.gateway, "update collections set api_enabled = true");
  await change("PUT", `/api/v2/api_keys/${id}/ip_allow_list`, { ip_allow_list: ["192.0.2.1"] });
  await becomes("ip_not_allowed");
  await change("PUT", `/api/v2/api_keys/${id}/ip_allow_list`, { ip_allow_list: [] });
  await becomes("ok");
  await change("PATCH", `/api/v2/api_keys/${id}`, { scopes: ["payments:write"] });
  await becomes("scope_missing");
  await change("POST", `/api/v2/api_keys/${id}/revoke`, undefined);
  await becomes("key_revoked");
});

it("serves no call of a revoked key where the revocation was answered, and none elsewhere after a second, under load", async () => {
  const manager = await furtherKey(app);
  const { id, key } = await furtherKey(app);
  let answeredMs = Number.POSITIVE_INFINITY;
  const caller = async (on: Pick<TestApp, "send">, graceMs: number) => {
    const served: number[] = [];
    let calls = 0;
    for (;;) {
      const sinceMs = performance.now() - answeredMs;
      if (sinceMs > 1_200) return { served, calls };
      const { status } = await callApi(on, key, "GET", "/api/v2/ping");
      calls += 1;
      if (sinceMs > graceMs && status === 200) served.push(sinceMs);
    }
  };
  const load = [caller(app, 0), caller(second, 1_000), caller(app, 0), caller(second, 1_000)];
  await callApi(second, key, "GET", "/api/v2/ping");
  await callApi(app, manager.key, "POST", `/api/v2/api_keys/${id}/revoke`);
  answeredMs = performance.now();
  const all = await Promise.all(load);
  expect(all.map(({ served }) => served)).toEqual([[], [], [], []]);
  for (const { calls } of all) expect(calls).toBeGreaterThan(20);
});

it("asks the database once for everything that decides on a call", async () => {
  let statements = 0;
  const counting: typeof app.gateway.db = {
    ...app.gateway.db,
    query: (text, values) => {
      // What is rehearsed in the sandbox decides on nobody.
      if (!text.includes("fault_rules")) statements += 1;
      return app.gateway.db.query(text, values);
    },
  };
  const counted = buildApp({ ...app.gateway, db: counting });
  await counted.listen({ host: "127.0.0.1", port: 0 });
  const { port } = counted.server.address() as AddressInfo;
  const answer = await callApi(
    { send: sendTo({ host: "127.0.0.1", port }) },
    app.merchant.apiKey.key,
    "GET",
    "/api/v2/ping",
  );
  expect(answer.status).toBe(200);
  expect(statements).toBe(1);
  await counted.close();
});
