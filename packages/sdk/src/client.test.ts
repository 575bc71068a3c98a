import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { KineticPay } from "./client.ts";
import { simulate } from "./test-kit.ts";
import { failureOf } from "./testing/failure-of.ts";
import { openTestGateway, type TestGateway } from "./testing/open-test-client.ts";
import { packageVersion } from "./version.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway.close());

describe("a result", () => {
  test("carries the id of its request, where no copy and no JSON of it has it", async () => {
    const { client } = gateway.client();
    const payment = await client.payments.create(gateway.order());
    expect(payment._request_id).toMatch(/^req_/);
    expect(Object.keys({ ...payment })).not.toContain("_request_id");
    expect(JSON.stringify(payment)).not.toContain("_request_id");
    const logged = await client.requests.retrieve(payment._request_id ?? "");
    expect(logged).toMatchObject({ method: "POST", status: 200 });
  });

  test("comes with its answer on request, and is sent for once however it is asked for", async () => {
    const { client, told } = gateway.client();
    const call = client.payments.create(gateway.order());
    const [payment, { data, response, requestId, attempts, isReplayed }] = await Promise.all([
      call,
      call.withResponse(),
    ]);
    expect(data).toBe(payment);
    expect({ status: response.status, attempts, isReplayed }).toEqual({ status: 200, attempts: 1, isReplayed: false });
    expect(requestId).toBe(response.headers.get("x-request-id"));
    expect(told.requests).toHaveLength(1);
  });

  test("of a call under an own key is the first one again, and says so", async () => {
    const { client } = gateway.client();
    const order = gateway.order();
    const idempotencyKey = `own-${order.invoice}`;
    const first = await client.payments.create(order, { idempotencyKey }).withResponse();
    const second = await client.payments.create(order, { idempotencyKey }).withResponse();
    expect(second.data).toEqual(first.data);
    expect([first.isReplayed, second.isReplayed]).toEqual([false, true]);
    const third = await client.payments
      .create(order, { headers: { "Idempotency-Key": idempotencyKey } })
      .withResponse();
    expect([third.isReplayed, third.idempotencyKey]).toEqual([true, idempotencyKey]);
    const reused = await failureOf(client.payments.create({ ...order, amount: 1300 }, { idempotencyKey }));
    expect(reused.code).toBe("idempotency_key_reused");
  });

  test("of a validation is that it is valid, and nothing was made", async () => {
    const { client } = gateway.client();
    const order = gateway.order();
    const validation = await client.payments.create(order, { validateOnly: true });
    expect(validation).toEqual({ object: "validation", valid: true });
    expect((await client.payments.list({ invoice: order.invoice })).data).toEqual([]);
  });
});

describe("a list", () => {
  test("can be gone through whole, page by page, and as an array that cannot grow without end", async () => {
    const { client, told } = gateway.client();
    const orders = Array.from({ length: 7 }, () => gateway.order());
    for (const order of orders) await client.payments.create(order);
    const newest = orders.map((order) => order.invoice).reverse();
    const list = () => client.payments.list({ limit: 3 });
    const before = told.requests.length;
    const seen: string[] = [];
    for await (const payment of list()) {
      seen.push(payment.invoice);
      if (seen.length === 7) break;
    }
    expect(seen).toEqual(newest);
    expect(told.requests.length - before).toBe(3);
    const page = await list();
    expect(page.data.map((payment) => payment.invoice)).toEqual(newest.slice(0, 3));
    expect(page.hasNextPage()).toBe(true);
    const next = await page.getNextPage();
    expect(next.data.map((payment) => payment.invoice)).toEqual(newest.slice(3, 6));
    expect([page._request_id, next._request_id].every((id) => id?.startsWith("req_"))).toBe(true);
    expect(await list().toArray({ limit: 5 })).toHaveLength(5);
    const sizes: number[] = [];
    for await (const each of client.payments.list({ invoice: newest[0] }).pages()) sizes.push(each.data.length);
    expect(sizes).toEqual([1]);
  });

  test("that is whole has no further page, and says so instead of asking for one", async () => {
    const page = await gateway.client().client.errorCodes.list();
    expect(page.hasNextPage()).toBe(false);
    await expect(page.getNextPage()).rejects.toThrow(RangeError);
    expect(page.data.length).toBeGreaterThan(30);
  });
});

describe("a client", () => {
  test("shows its key to nobody who prints it, and hooks show it as its beginning and end", async () => {
    const { client, told } = gateway.client({ headers: { "X-Api-Key": "another secret of somebody" } });
    await client.ping();
    await failureOf(client.ping({ fault: "key_invalid" }));
    const { key } = gateway.app.merchant.apiKey;
    const shown = [inspect(client, { depth: 9, showHidden: true }), JSON.stringify(client), JSON.stringify(told)];
    for (const text of shown) {
      expect(text).not.toContain(key.slice(8, -4));
      expect(text).not.toContain("another secret");
    }
    expect(told.requests[0]?.headers["authorization"]).toBe(`Bearer kp_test_…${key.slice(-4)}`);
    expect(told.responses[0]).toMatchObject({ status: 200, attempt: 1, requestId: expect.stringMatching(/^req_/) });
    expect(told.responses[1]).toMatchObject({ status: 401, error: { code: "key_invalid" } });
  });

  test("does not fail because a hook does", async () => {
    const hook = () => {
      throw new Error("the log is full");
    };
    const hooks = { request: hook, response: hook, retry: hook, breaker: hook };
    expect((await gateway.client({ hooks }).client.ping()).message).toBe("pong");
  });

  test("takes key and address from the environment, and an address with or without its /api/v2", async () => {
    vi.stubEnv("KINETICPAY_API_KEY", gateway.app.merchant.apiKey.key);
    vi.stubEnv("KINETICPAY_BASE_URL", `${gateway.baseURL}/api/v2/`);
    try {
      const client = new KineticPay();
      expect(client.baseURL).toBe(gateway.baseURL);
      expect((await client.whoami()).key.id).toBe(gateway.app.owner.keyId);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test.each([
    ["an address that is none", { baseURL: "pay.example" }],
    ["an address with a password", { baseURL: "https://key:secret@pay.example" }],
    ["a time that is no number", { timeout: Number.NaN }],
    ["retries below none", { maxRetries: -1 }],
    ["a header that cannot be sent", { headers: { "X-Shop": "two\nlines" } }],
  ])("refuses %s when it is made", (_what, options) => {
    expect(() => new KineticPay(options)).toThrow(TypeError);
  });

  test.each([
    ["127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["localhost:8080", "http://localhost:8080"],
    ["pay.example.my/api/v2", "https://pay.example.my/api/v2"],
  ])("says of the address %s, from the environment or not, that its scheme is missing", (address, whole) => {
    const words = `"${address}". It lacks http:// or https:// at its beginning: ${whole}`;
    expect(() => new KineticPay({ baseURL: address })).toThrow(`baseURL is ${words}`);
    vi.stubEnv("KINETICPAY_BASE_URL", address);
    try {
      expect(() => new KineticPay()).toThrow(`KINETICPAY_BASE_URL is ${words}`);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test.each(["https://key:secret@pay.example", "key:secret@pay.example", "https://pay.example?key=secret"])(
    "does not show the secret in the address %s that it refuses",
    (baseURL) => {
      expect(() => new KineticPay({ baseURL })).toThrow(/^(?!.*secret).*baseURL cannot be used/);
    },
  );

  test("refuses a page of a browser, unless somebody says that it may", () => {
    vi.stubGlobal("window", { document: {} });
    try {
      expect(() => new KineticPay({ apiKey: "kp_test_x" })).toThrow("dangerouslyAllowBrowser");
      expect(new KineticPay({ dangerouslyAllowBrowser: true })).toBeInstanceOf(KineticPay);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test.each(["", ".", "..", undefined])("does not let the id %j lead to another call", (id) => {
    const { client, told } = gateway.client();
    expect(() => client.payments.retrieve(id as string)).toThrow(TypeError);
    expect(told.requests).toEqual([]);
  });

  test("escapes what an id holds", async () => {
    const error = await failureOf(gateway.client().client.payments.retrieve("../banks?x=1#y"));
    expect(error).toMatchObject({ code: "resource_missing", path: "/api/v2/payments/..%2Fbanks%3Fx%3D1%23y" });
  });

  test("refuses a time that cannot be on a call, too, and takes one longer than any timer", async () => {
    const { client, told } = gateway.client();
    await expect(client.ping({ timeout: Number.NaN })).rejects.toThrow(TypeError);
    await expect(client.ping({ maxRetries: -1 })).rejects.toThrow(TypeError);
    expect(told.requests).toEqual([]);
    expect((await client.ping({ timeout: 2 ** 40 })).message).toBe("pong");
  });

  test("calls by its address what it has no method for, and never another host", async () => {
    const { client } = gateway.client();
    const path = "/api/v2/payments";
    const { data } = await client.request<{ data: unknown[] }>({ method: "GET", path, query: { limit: 1 } });
    expect(data.length).toBeLessThanOrEqual(1);
    expect(await failureOf(client.request({ method: "POST", path, body: {} }))).toMatchObject({
      code: "fields_invalid",
    });
    for (const strange of ["@evil.example/", "//evil.example", "evil", "/a?b=c", "/a\\b", ""]) {
      expect(() => client.request({ method: "GET", path: strange })).toThrow(TypeError);
    }
  });

  test("names itself by the version of its package", () => {
    const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
      version: string;
    };
    expect(packageVersion).toBe(manifest.version);
  });
});

test("a failure can be simulated for as long as some work takes, and is over afterwards", async () => {
  const { client } = gateway.client({ maxRetries: 0 });
  const error = await simulate(client, "rate_exceeded", () => failureOf(client.ping()));
  expect(error.code).toBe("rate_exceeded");
  await client.ping();
  await expect(simulate(client, "overloaded", () => client.ping())).rejects.toMatchObject({ code: "overloaded" });
  expect((await client.sandbox.faults.list()).data).toEqual([]);
});
