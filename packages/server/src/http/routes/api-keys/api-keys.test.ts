import { afterAll, beforeAll, expect, it } from "vitest";
import type { IssuedKey } from "../../../merchants/api-keys.ts";
import { createMerchant, type NewMerchant } from "../../../merchants/create-merchant.ts";
import { type ApiAnswer, callApi } from "../../../testing/call-api.ts";
import { furtherKey, manyRefusals } from "../../../testing/further-key.ts";
import { openTestApp, type TestApp } from "../../../testing/test-app.ts";

let app: TestApp;
let manager: IssuedKey;
let other: NewMerchant;
beforeAll(async () => {
  app = await openTestApp({ settings: manyRefusals });
  manager = await furtherKey(app);
  other = await createMerchant(app.gateway, {
    name: "Another shop",
    collectionName: "Theirs",
    website: "https://other.example",
  });
});
afterAll(() => app.close());

const call = (method: string, path: string, body?: unknown, key = manager.key) =>
  callApi(app, key, method, `/api/v2${path}`, body);
async function newKey(body: unknown = {}): Promise<{ id: string; key: string }> {
  const answer = await call("POST", "/api_keys", body);
  expect(answer.status, answer.text).toBe(200);
  return answer.body as unknown as { id: string; key: string };
}
const pathsOf = (answer: ApiAnswer) => (answer.body["fields"] as { path: string }[]).map((fault) => fault.path);

it("issues a key that works, shows it in that one answer, and never again", async () => {
  const expiresAt = "2090-01-31T16:00:00.000Z";
  const wish = {
    name: "Second server",
    scopes: ["payments:read"],
    expires_at: expiresAt,
    ip_allow_list: ["127.0.0.1"],
  };
  const created = await call("POST", "/api_keys", wish);
  expect(created.body).toMatchObject({
    object: "api_key",
    kind: "api_key",
    state: "active",
    collection: app.merchant.collectionId,
    imported: false,
    rolled_from: null,
    last_used_at: null,
    ...wish,
  });
  const { id, key } = created.body as unknown as { id: string; key: string };
  expect((await call("GET", "/payments", undefined, key)).status).toBe(200);
  expect((await call("POST", "/payments", {}, key)).body).toMatchObject({ code: "scope_missing" });
  for (const path of [`/api_keys/${id}`, "/api_keys"]) {
    const shown = await call("GET", path);
    expect(shown.status).toBe(200);
    expect(shown.text).toContain(id);
    expect(shown.text).not.toContain(key);
  }
});

it("gives payments and nothing else to a key of which nothing is said", async () => {
  const { key } = await newKey();
  expect((await call("GET", "/whoami", undefined, key)).body).toMatchObject({
    key: { scopes: ["payments:read", "payments:write"] },
  });
  expect((await call("GET", "/api_keys", undefined, key)).body).toMatchObject({
    code: "scope_missing",
    meta: { needed: "manage" },
  });
});

it("issues merchant keys for the wire protocol, which can have no manage", async () => {
  const made = await newKey({ kind: "merchant_key" });
  const query = new URLSearchParams({ merchant_key: made.key, invoice: "1" }).toString();
  const answer = await app.send({ method: "GET", path: `/payment/status?${query}`, headers: {}, body: "" });
  expect(answer.status).toBe(404);
  const refused = await call("POST", "/api_keys", { kind: "merchant_key", scopes: ["manage"] });
  expect(refused.body).toMatchObject({ code: "fields_invalid" });
  expect(pathsOf(refused)).toEqual(["/scopes"]);
  expect(pathsOf(await call("PATCH", `/api_keys/${made.id}`, { scopes: ["manage"] }))).toEqual(["/scopes"]);
});

it("tells every fault of a new key at once, each with its place and what is accepted", async () => {
  const answer = await call("POST", "/api_keys", {
    kind: "password",
    name: "a\nb",
    scopes: ["payments:refund"],
    expires_at: "tomorrow",
    ip_allow_list: ["127.0.0.1", "10.0.0.1/8", "localhost"],
    admin: true,
  });
  expect(answer.status).toBe(403);
  expect(pathsOf(answer).sort()).toEqual(
    ["/admin", "/expires_at", "/ip_allow_list/1", "/ip_allow_list/2", "/kind", "/name", "/scopes/0"].sort(),
  );
  for (const fault of answer.body["fields"] as { expected: string }[]) expect(fault.expected.length).toBeGreaterThan(5);
  expect(pathsOf(await call("POST", "/api_keys", { scopes: [] }))).toEqual(["/scopes"]);
  expect(pathsOf(await call("POST", "/api_keys", { expires_at: "2020-01-01" }))).toEqual(["/expires_at"]);
});

it("stores the entries of an allow-list in one form, each once", async () => {
  const { id } = await newKey();
  const given = ["::ffff:198.51.100.7", "198.51.100.7/32", "2001:DB8::/32", "198.51.100.7"];
  const answer = await call("PUT", `/api_keys/${id}/ip_allow_list`, { ip_allow_list: given });
  expect(answer.body).toEqual({
    object: "ip_allow_list",
    of: id,
    ip_allow_list: ["198.51.100.7", "2001:db8::/32"],
    your_address: "127.0.0.1",
    your_address_listed: false,
  });
  expect((await call("GET", `/api_keys/${id}/ip_allow_list`)).body).toEqual(answer.body);
});

it("lets a list have a hundred entries and not one more", async () => {
  const { id } = await newKey();
  const entries = Array.from({ length: 101 }, (_, i) => `198.51.100.${i}`);
  const path = `/api_keys/${id}/ip_allow_list`;
  expect((await call("PUT", path, { ip_allow_list: entries.slice(1) })).status).toBe(200);
  expect(pathsOf(await call("PUT", path, { ip_allow_list: entries }))).toEqual(["/ip_allow_list"]);
});

it("changes what is named and leaves the rest", async () => {
  const { id } = await newKey({ name: "Old", scopes: ["payments:read"], expires_at: "2090-01-01" });
  expect((await call("PATCH", `/api_keys/${id}`, { name: "New" })).body).toMatchObject({
    name: "New",
    scopes: ["payments:read"],
    expires_at: "2090-01-01T00:00:00.000Z",
  });
  expect((await call("PATCH", `/api_keys/${id}`, { expires_at: null })).body).toMatchObject({
    name: "New",
    expires_at: null,
  });
});

it("rolls a key: both work in the overlap, and the new one is shown once", async () => {
  const { id, key } = await newKey({ scopes: ["payments:read"] });
  const rolled = await call("POST", `/api_keys/${id}/roll`, { overlap_hours: 24 });
  expect(rolled.body).toMatchObject({ rolled_from: id, state: "active", old_key: { id, state: "active" } });
  const fresh = (rolled.body as unknown as { key: string }).key;
  for (const each of [key, fresh]) expect((await call("GET", "/payments", undefined, each)).status).toBe(200);
  const cut = await call("POST", `/api_keys/${id}/roll`, { overlap_hours: 0 });
  expect(cut.body).toMatchObject({ old_key: { id, state: "expired" } });
  expect((await call("GET", "/payments", undefined, key)).body).toMatchObject({ code: "key_expired" });
});

it.each([{}, { overlap_hours: -1 }, { overlap_hours: 169 }, { overlap_hours: 1.5 }, { overlap_hours: "24" }])(
  "does not roll with %j, and the key goes on as it was",
  async (body) => {
    const { id } = await newKey();
    expect(pathsOf(await call("POST", `/api_keys/${id}/roll`, body))).toEqual(["/overlap_hours"]);
    expect((await call("GET", `/api_keys/${id}`)).body).toMatchObject({ expires_at: null });
  },
);

it("brings no ended key back, and says so", async () => {
  const { id, key } = await newKey();
  const revoked = await call("POST", `/api_keys/${id}/revoke`);
  expect(revoked.body).toMatchObject({ state: "revoked" });
  expect((await call("GET", "/ping", undefined, key)).body).toMatchObject({ code: "key_revoked" });
  const again = await call("POST", `/api_keys/${id}/revoke`, {});
  expect(again.body).toMatchObject({ revoked_at: revoked.body["revoked_at"] });
  for (const [method, path, body] of [
    ["PATCH", "", { expires_at: null }],
    ["POST", "/roll", { overlap_hours: 1 }],
    ["PUT", "/ip_allow_list", { ip_allow_list: [] }],
  ] as const) {
    const answer = await call(method, `/api_keys/${id}${path}`, body);
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ code: "key_not_active", meta: { id, state: "revoked" }, fields: [] });
  }
});

it("does not let a key shut itself out unless it says that it means it", async () => {
  const attempts = [
    ["POST", "/revoke", {}],
    ["PATCH", "", { scopes: ["payments:read"] }],
    ["PUT", "/ip_allow_list", { ip_allow_list: ["192.0.2.1"] }],
  ] as const;
  for (const [method, path, body] of attempts) {
    const self = await furtherKey(app);
    const own = (extra: object) => call(method, `/api_keys/${self.id}${path}`, { ...body, ...extra }, self.key);
    for (const extra of [{}, { force: false }]) {
      const refused = await own(extra);
      expect(refused.body, path).toMatchObject({ code: "fields_invalid" });
      expect(pathsOf(refused)).toEqual(["/force"]);
    }
    expect((await call("GET", "/api_keys", undefined, self.key)).status).toBe(200);
    expect((await own({ force: true })).status).toBe(200);
    expect((await call("GET", "/api_keys", undefined, self.key)).status).toBe(401);
  }
});

it("asks for no force where the caller stays in", async () => {
  const self = await furtherKey(app);
  const list = { ip_allow_list: ["127.0.0.0/8", "2001:db8::/32"] };
  expect((await call("PUT", `/api_keys/${self.id}/ip_allow_list`, list, self.key)).status).toBe(200);
  const { id } = await newKey();
  expect((await call("PUT", `/api_keys/${id}/ip_allow_list`, { ip_allow_list: ["192.0.2.1"] })).status).toBe(200);
  expect((await call("POST", `/api_keys/${id}/revoke`)).status).toBe(200);
});

it("lists the merchant's keys, newest first, in pages, and of one collection alone if asked", async () => {
  const made: string[] = [];
  for (let i = 0; i < 3; i += 1) made.unshift((await newKey()).id);
  const ids = (answer: ApiAnswer) => (answer.body["data"] as { id: string }[]).map((each) => each.id);
  const first = await call("GET", "/api_keys?limit=2");
  expect(ids(first)).toEqual(made.slice(0, 2));
  expect(first.body).toMatchObject({ object: "list", has_more: true });
  expect(ids(await call("GET", `/api_keys?limit=1&starting_after=${made[1]}`))).toEqual([made[2]]);
  const all = ids(await call("GET", `/api_keys?limit=100&collection=${app.merchant.collectionId}`));
  expect(all).toContain(app.merchant.apiKey.id);
  expect(all).not.toContain(other.apiKey.id);
  expect(ids(await call("GET", `/api_keys?collection=${other.collectionId}`))).toEqual([]);
  const faulty = await call("GET", "/api_keys?limit=0&starting_after=x&colour=red");
  expect(pathsOf(faulty).sort()).toEqual(["colour", "limit", "starting_after"]);
});

it("answers for another merchant's key, and for what can be no id, exactly as for one that does not exist", async () => {
  const foreign = other.apiKey.id;
  const unknown = `${foreign.slice(0, -2)}${foreign.endsWith("00") ? "11" : "00"}`;
  const requests = [
    ["GET", "", undefined],
    ["PATCH", "", { name: "Mine" }],
    ["POST", "/revoke", { force: true }],
    ["POST", "/roll", { overlap_hours: 0 }],
    ["GET", "/ip_allow_list", undefined],
    ["PUT", "/ip_allow_list", { ip_allow_list: [] }],
  ] as const;
  for (const [method, path, body] of requests) {
    const texts = [];
    for (const id of [foreign, unknown, "key_1", "col_1"]) {
      const answer = await call(method, `/api_keys/${id}${path}`, body);
      expect(answer.status).toBe(404);
      expect(answer.body).toMatchObject({ code: "resource_missing", meta: { resource: "api_key" } });
      texts.push(answer.text.replaceAll(id, "ID").replace(/"request_id":"[^"]*"/, ""));
    }
    expect(new Set(texts).size, `${method} ${path}`).toBe(1);
  }
  expect((await call("GET", "/whoami", undefined, other.apiKey.key)).body).toMatchObject({ key: { id: foreign } });
  const missing = await call("POST", "/api_keys", { collection: other.collectionId });
  expect(missing.body).toMatchObject({ code: "resource_missing", meta: { resource: "collection" } });
});

it("takes whatever can be no id for missing, and shows no key that was put in its place", async () => {
  const { key } = await newKey();
  for (const id of [key, "not-an-id", "..%2f..%2fetc", "%00", "key_1'--", "x".repeat(300)]) {
    const answer = await call("GET", `/api_keys/${id}`);
    expect(answer.body, id).toMatchObject({ code: "resource_missing", meta: { resource: "api_key" } });
    expect(answer.text).not.toContain(key);
  }
});

it("checks without changing anything when asked only to validate", async () => {
  const { id } = await newKey();
  for (const [path, body] of [
    ["/api_keys", { name: "Never made" }],
    [`/api_keys/${id}/roll`, { overlap_hours: 0 }],
    [`/api_keys/${id}/revoke`, {}],
  ] as const) {
    const answer = await call("POST", `${path}?validate_only=true`, body);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.text).not.toContain("kp_test_");
  }
  expect((await call("GET", `/api_keys/${id}`)).body).toMatchObject({ state: "active", expires_at: null });
  expect((await call("GET", "/api_keys")).text).not.toContain("Never made");
});
