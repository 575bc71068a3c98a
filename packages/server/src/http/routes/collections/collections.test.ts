import { afterAll, beforeAll, expect, it } from "vitest";
import type { IssuedKey } from "../../../merchants/api-keys.ts";
import { createMerchant, type NewMerchant } from "../../../merchants/create-merchant.ts";
import { alterAccess } from "../../../testing/alter-access.ts";
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
const input = { name: "Second shop", website: "https://second.example/shop" };
const pathsOf = (answer: ApiAnswer) => (answer.body["fields"] as { path: string }[]).map((fault) => fault.path);

it("makes a collection whose merchant key works at once; key and signing secret are shown once", async () => {
  const made = await call("POST", "/collections", input);
  expect(made.body).toMatchObject({ object: "collection", api_enabled: true, ip_allow_list: [], ...input });
  const { id, merchant_key, signing_secret } = made.body as unknown as {
    id: string;
    merchant_key: { id: string; key: string };
    signing_secret: string;
  };
  expect(signing_secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const query = new URLSearchParams({ merchant_key: merchant_key.key, invoice: "1" }).toString();
  const status = await app.send({ method: "GET", path: `/payment/status?${query}`, headers: {}, body: "" });
  expect(status.status).toBe(404);
  for (const path of [`/collections/${id}`, "/collections", "/api_keys"]) {
    const shown = await call("GET", path);
    expect(shown.text).not.toContain(merchant_key.key);
    expect(shown.text).not.toContain(signing_secret);
  }
  expect((await call("GET", `/api_keys/${merchant_key.id}`)).body).toMatchObject({ collection: id });
});

it("lets one key manage all collections of its merchant, and issue keys for them", async () => {
  const { id } = (await call("POST", "/collections", input)).body as unknown as { id: string };
  const { key } = (await call("POST", "/api_keys", { collection: id, scopes: ["manage"] })).body as unknown as {
    key: string;
  };
  expect((await call("GET", "/whoami", undefined, key)).body).toMatchObject({ collection: { id } });
  expect((await call("GET", `/collections/${app.merchant.collectionId}`, undefined, key)).status).toBe(200);
});

it("changes what is named and leaves the rest", async () => {
  const { id } = (await call("POST", "/collections", input)).body as unknown as { id: string };
  const renamed = await call("PATCH", `/collections/${id}`, { name: "Renamed" });
  expect(renamed.body).toMatchObject({ name: "Renamed", website: input.website, api_enabled: true });
  const off = await call("PATCH", `/collections/${id}`, { api_enabled: false });
  expect(off.body).toMatchObject({ name: "Renamed", api_enabled: false });
  expect((await call("GET", `/collections/${id}`)).body).toEqual(off.body);
});

it("switches the API off for every key of the collection, and for no other's", async () => {
  const { id } = (await call("POST", "/collections", input)).body as unknown as { id: string };
  const { key } = (await call("POST", "/api_keys", { collection: id })).body as unknown as { key: string };
  await call("PATCH", `/collections/${id}`, { api_enabled: false });
  expect((await call("GET", "/ping", undefined, key)).body).toMatchObject({
    code: "api_not_enabled",
    meta: { collection: id },
  });
  expect((await call("GET", "/ping")).status).toBe(200);
  await call("PATCH", `/collections/${id}`, { api_enabled: true });
  expect((await call("GET", "/ping", undefined, key)).status).toBe(200);
});

it("does not let a key shut out its own collection unless it says that it means it", async () => {
  const path = `/collections/${app.merchant.collectionId}`;
  const list = { ip_allow_list: ["192.0.2.1"] };
  expect(pathsOf(await call("PATCH", path, { api_enabled: false }))).toEqual(["/force"]);
  expect(pathsOf(await call("PUT", `${path}/ip_allow_list`, list))).toEqual(["/force"]);
  expect((await call("GET", path)).body).toMatchObject({ api_enabled: true, ip_allow_list: [] });
  const forced = await call("PUT", `${path}/ip_allow_list`, { ...list, force: true });
  expect(forced.body).toMatchObject({ ...list, your_address: "127.0.0.1", your_address_listed: false });
  expect((await call("GET", path)).body).toMatchObject({ code: "ip_not_allowed" });
  await alterAccess(app.gateway, "update collections set ip_allow_list = '{}'");
});

it("tells every fault of a collection at once", async () => {
  expect(pathsOf(await call("POST", "/collections", {})).sort()).toEqual(["/name", "/website"]);
  const faulty = { name: "", website: "javascript:alert(1)", api_enabled: true };
  expect(pathsOf(await call("POST", "/collections", faulty)).sort()).toEqual(["/api_enabled", "/name", "/website"]);
  const path = `/collections/${app.merchant.collectionId}`;
  const wrong = { name: 1, website: "https://user:secret@shop.example", api_enabled: "no", force: 1, owner: "me" };
  expect(pathsOf(await call("PATCH", path, wrong)).sort()).toEqual(
    ["/api_enabled", "/force", "/name", "/owner", "/website"].sort(),
  );
  expect(pathsOf(await call("PUT", `${path}/ip_allow_list`, {}))).toEqual(["/ip_allow_list"]);
});

it("lists the merchant's own collections alone, newest first, in pages", async () => {
  const made: string[] = [];
  for (let i = 0; i < 2; i += 1) {
    made.unshift(((await call("POST", "/collections", input)).body as unknown as { id: string }).id);
  }
  const ids = (answer: ApiAnswer) => (answer.body["data"] as { id: string }[]).map((each) => each.id);
  const first = await call("GET", "/collections?limit=1");
  expect(ids(first)).toEqual([made[0]]);
  expect(first.body).toMatchObject({ has_more: true });
  expect(ids(await call("GET", `/collections?limit=1&starting_after=${made[0]}`))).toEqual([made[1]]);
  const all = ids(await call("GET", "/collections?limit=100"));
  expect(all).toContain(app.merchant.collectionId);
  expect(all).not.toContain(other.collectionId);
});

it("answers for another merchant's collection, and for what can be no id, exactly as for one that does not exist", async () => {
  const foreign = other.collectionId;
  const unknown = `${foreign.slice(0, -2)}${foreign.endsWith("00") ? "11" : "00"}`;
  const requests = [
    ["GET", "", undefined],
    ["PATCH", "", { api_enabled: false }],
    ["GET", "/ip_allow_list", undefined],
    ["PUT", "/ip_allow_list", { ip_allow_list: ["192.0.2.1"] }],
  ] as const;
  for (const [method, path, body] of requests) {
    const texts = [];
    for (const id of [foreign, unknown, "col_1", other.apiKey.id]) {
      const answer = await call(method, `/collections/${id}${path}`, body);
      expect(answer.status).toBe(404);
      expect(answer.body).toMatchObject({ code: "resource_missing", meta: { resource: "collection" } });
      texts.push(answer.text.replaceAll(id, "ID").replace(/"request_id":"[^"]*"/, ""));
    }
    expect(new Set(texts).size, `${method} ${path}`).toBe(1);
  }
  const untouched = await call("GET", "/ping", undefined, other.apiKey.key);
  expect(untouched.status).toBe(200);
});

it.each([
  ["GET", "/collections", undefined],
  ["POST", "/collections", input],
  ["GET", "/collections/x", undefined],
  ["PATCH", "/collections/x", {}],
  ["GET", "/collections/x/ip_allow_list", undefined],
  ["PUT", "/collections/x/ip_allow_list", { ip_allow_list: [] }],
  ["GET", "/api_keys", undefined],
  ["POST", "/api_keys", {}],
  ["GET", "/api_keys/x", undefined],
  ["PATCH", "/api_keys/x", {}],
  ["POST", "/api_keys/x/revoke", {}],
  ["POST", "/api_keys/x/roll", { overlap_hours: 1 }],
  ["GET", "/api_keys/x/ip_allow_list", undefined],
  ["PUT", "/api_keys/x/ip_allow_list", { ip_allow_list: [] }],
])("needs manage for %s %s", async (method, path, body) => {
  const answer = await call(method, path, body, app.merchant.apiKey.key);
  expect(answer.status).toBe(401);
  expect(answer.body).toMatchObject({ code: "scope_missing", meta: { needed: "manage" } });
});
