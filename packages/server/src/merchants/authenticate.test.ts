import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { afterAll, beforeAll, expect, it } from "vitest";
import { alterAccess } from "../testing/alter-access.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { hashOfKey } from "./api-keys.ts";
import { authenticate, authenticateMerchantKey } from "./authenticate.ts";
import { hintOfKey, modeOfKey, newApiKey } from "./key-format.ts";
import { requireOpen, requireScope } from "./require-access.ts";

let core: TestCore;
beforeAll(async () => {
  core = await openTestCore();
});
afterAll(() => core.close());

const refused = async (work: Promise<unknown>): Promise<GatewayError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof GatewayError)) throw new Error(`expected a refusal, got ${String(error)}`);
  return error;
};
const bearer = (key: string) => authenticate(core.gateway, `Bearer ${key}`);

it("knows a caller by the key, and whose it is", async () => {
  const caller = await bearer(core.merchant.apiKey.key);
  expect(caller).toMatchObject({
    merchantId: core.merchant.merchantId,
    collectionId: core.merchant.collectionId,
    apiEnabled: true,
  });
});

it("keeps only the hash of a key and what may be shown of it", async () => {
  const { key } = core.merchant.apiKey;
  const rows = await core.gateway.db.query("select * from api_keys");
  expect(JSON.stringify(rows)).not.toContain(key);
  expect(rows.some((row) => Buffer.compare(row["hash"] as Buffer, hashOfKey(key)) === 0)).toBe(true);
});

const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

it("takes the key as the user name of HTTP Basic too, and by no other part of it", async () => {
  const { key } = core.merchant.apiKey;
  const caller = await authenticate(core.gateway, basic(`${key}:`));
  expect(caller.keyId).toBe(core.merchant.apiKey.id);
  for (const wrong of [key, `:${key}`, `${key}:password`, `${key}::`, ":"]) {
    const error = await refused(authenticate(core.gateway, basic(wrong)));
    expect(error.code, wrong).toBe("key_missing");
    expect(error.message).not.toContain(key);
    expect(error.message).toContain("empty password");
  }
  expect((await refused(authenticate(core.gateway, basic("somebody:")))).code).toBe("key_malformed");
});

it.each([undefined, "", "Basic abc", "Basic", "Basic a:b", "Digest x", "Bearer", "kp_test_x"])(
  "says that no key came when the header is %j",
  async (header) => {
    expect((await refused(authenticate(core.gateway, header))).code).toBe("key_missing");
  },
);

it("tells a mistyped key from an unknown one without asking the database", async () => {
  const { key } = core.merchant.apiKey;
  const swapped = key.slice(0, 20) + (key[20] === "a" ? "b" : "a") + key.slice(21);
  for (const broken of [key.slice(0, -1), `${key}x`, swapped, "sk_live_abc"]) {
    expect((await refused(bearer(broken))).code, broken).toBe("key_malformed");
  }
  expect((await refused(bearer(newApiKey("sandbox", core.gateway.random)))).code).toBe("key_invalid");
});

it("tells a live key at a sandbox what it is, and shows no more of it than prefix and last four", async () => {
  const live = newApiKey("live", core.gateway.random);
  const error = await refused(bearer(live));
  expect(error.code).toBe("key_wrong_mode");
  expect(error.message).not.toContain(live.slice(8, 30));
  expect(error.message).toContain(live.slice(-4));
});

it("never judges the form of a merchant key, and does not take one for an API key", async () => {
  expect((await refused(authenticateMerchantKey(core.gateway, "any old thing"))).code).toBe("key_invalid");
  expect((await refused(bearer(core.merchant.merchantKey.key))).code).toBe("key_invalid");
  expect((await refused(authenticateMerchantKey(core.gateway, core.merchant.apiKey.key))).code).toBe("key_invalid");
  expect((await authenticateMerchantKey(core.gateway, core.merchant.merchantKey.key)).collectionId).toBe(
    core.merchant.collectionId,
  );
});

it("refuses a revoked and an expired key, each with when, and only once the key is known", async () => {
  const { id, key } = core.merchant.apiKey;
  await alterAccess(core.gateway, "update api_keys set expires_at = now() - interval '1 hour' where id = $1", [id]);
  expect((await refused(bearer(key))).code).toBe("key_expired");
  await alterAccess(core.gateway, "update api_keys set revoked_at = now() where id = $1", [id]);
  expect((await refused(bearer(key))).code).toBe("key_revoked");
  await alterAccess(core.gateway, "update api_keys set revoked_at = null, expires_at = null where id = $1", [id]);
});

it("tells a verified key that its API is switched off, or that a scope is missing", async () => {
  const caller = await bearer(core.merchant.apiKey.key);
  expect(() => requireOpen({ ...caller, apiEnabled: false }, "127.0.0.1")).toThrow(
    expect.objectContaining({ code: "api_not_enabled" }),
  );
  expect(() => requireScope({ ...caller, scopes: ["payments:read"] }, "payments:write")).toThrow(
    expect.objectContaining({ code: "scope_missing" }),
  );
});

it("gives keys a checksum, so that any one changed character shows", () => {
  const key = newApiKey("live", core.gateway.random);
  expect(key).toMatch(/^kp_live_[0-9A-Za-z]{36}$/);
  expect(modeOfKey(key)).toBe("live");
  for (let i = 8; i < key.length; i += 1) {
    const changed = key.slice(0, i) + (key[i] === "0" ? "1" : "0") + key.slice(i + 1);
    expect(modeOfKey(changed), String(i)).toBeUndefined();
  }
});

it("shows so little of a short or foreign secret that it cannot be used", () => {
  expect(hintOfKey("hunter2")).toBe("…");
  expect(hintOfKey("a".repeat(30))).toBe("…aaaa");
});
