import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { KineticPayError } from "../errors/kineticpay-error.ts";
import type { FaultCreateParams } from "../resources/faults.ts";
import { failureOf } from "../testing/failure-of.ts";
import { openTestGateway, type TestGateway } from "../testing/open-test-client.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway.close());
afterEach(() => gateway.client().client.sandbox.faults.delete("all"));

const rule = (fault: FaultCreateParams) => gateway.client().client.sandbox.faults.create(fault);
const invoicesOf = async (invoice: string) => (await gateway.client().client.payments.list({ invoice })).data;
describe("a call that fails in passing", () => {
  test.each([
    ["a 500", { code: "internal_error" }],
    ["a 502", { code: "bank_bad_response" }],
    ["a connection that is reset", { drop: true }],
    ["an answer that breaks off", { half: true }],
    ["an answer that is lost after the work was done", { after: "commit", drop: true }],
    ["a failure after the work was done", { code: "internal_error", after: "commit" }],
  ] as const)("is sent again after %s, under the same key, and done once", async (_what, fault) => {
    const { client, told } = gateway.client();
    const order = gateway.order();
    await rule({ ...fault, route: "POST /api/v2/payments", count: 1 });
    const { data, attempts, idempotencyKey, isReplayed } = await client.payments.create(order).withResponse();
    expect(attempts).toBe(2);
    expect(data.invoice).toBe(order.invoice);
    expect(told.requests.map((event) => event.headers["idempotency-key"])).toEqual([idempotencyKey, idempotencyKey]);
    expect(isReplayed).toBe("after" in fault || "half" in fault);
    expect((await invoicesOf(order.invoice)).map((payment) => payment.id)).toEqual([data.id]);
  });

  test.each(["rate_exceeded", "overloaded"] as const)("waits after %s as long as the gateway asks", async (code) => {
    const { client, told } = gateway.client();
    await rule({ code, route: "GET /api/v2/ping", count: 1 });
    const started = performance.now();
    await client.ping();
    const asked = (told.retries[0]?.error.retryAfter ?? 0) * 1000;
    expect(asked).toBeGreaterThanOrEqual(1000);
    expect(told.retries[0]?.delayMs).toBeGreaterThanOrEqual(asked);
    expect(performance.now() - started).toBeGreaterThanOrEqual(asked - 5);
  });

  test("ends with the failure when it goes on, after two retries", async () => {
    const { client } = gateway.client();
    const error = await failureOf(client.ping({ fault: "internal_error" }));
    expect(error).toMatchObject({
      name: "ApiError",
      code: "internal_error",
      attempts: 3,
      gaveUpBecause: "max_retries",
    });
    expect(error.requestId).toMatch(/^req_/);
  });
});

describe("a call that fails for good", () => {
  test.each([
    ["key_invalid", "AuthenticationError"],
    ["fields_invalid", "InvalidRequestError"],
    ["resource_missing", "NotFoundError"],
    ["bank_timeout", "TimeoutError"],
  ] as const)("is not sent again after %s", async (code, name) => {
    const { client, told } = gateway.client();
    const error = await failureOf(client.ping({ fault: code }));
    expect(error).toMatchObject({ name, code, attempts: 1, retryable: false, gaveUpBecause: "not_retryable" });
    expect(told.requests).toHaveLength(1);
  });

  test("throws at once when the gateway asks to wait beyond the call's time, and says when to come back", async () => {
    const { client } = gateway.client();
    const started = performance.now();
    const error = await failureOf(client.ping({ fault: "bank_offline", timeout: 5000 }));
    expect(performance.now() - started).toBeLessThan(4000);
    expect(error).toMatchObject({ code: "bank_offline", retryAfter: 30, attempts: 1, gaveUpBecause: "deadline" });
    expect(error.retryAt?.getTime()).toBeGreaterThan(Date.now() + 20_000);
  });

  test("is over when its time is up, however many attempts are left", async () => {
    const { client } = gateway.client();
    const started = performance.now();
    const error = await failureOf(client.ping({ fault: "delay=20000", timeout: 400, maxRetries: 50 }));
    expect(performance.now() - started).toBeLessThan(2000);
    expect(error).toMatchObject({ name: "ConnectionError", code: "connection_timeout", gaveUpBecause: "deadline" });
  });

  test("ends when its own signal says so, in an attempt and between two", async () => {
    const { client } = gateway.client();
    const during = new AbortController();
    const first = failureOf(client.ping({ fault: "delay=20000", signal: during.signal }));
    const between = new AbortController();
    const second = failureOf(client.ping({ fault: "overloaded", signal: between.signal }));
    during.abort(new Error("enough"));
    expect(await first).toMatchObject({ name: "AbortedError", cause: expect.objectContaining({ message: "enough" }) });
    await expect.poll(() => client.breaker?.failures).toBeGreaterThan(0);
    between.abort();
    expect((await second).name).toBe("AbortedError");
  });
});

describe("a payment whose creation ends with a 504", () => {
  test("is looked up by its invoice, and is the answer when it was made", async () => {
    const { client, told } = gateway.client();
    const order = gateway.order();
    await rule({ code: "bank_timeout", after: "commit", route: "POST /api/v2/payments", count: 1 });
    const { data, isRecovered, attempts } = await client.payments.create(order).withResponse();
    expect({ isRecovered, attempts, invoice: data.invoice }).toEqual({
      isRecovered: true,
      attempts: 1,
      invoice: order.invoice,
    });
    expect(told.requests.map((event) => event.method)).toEqual(["POST", "GET"]);
    expect(await invoicesOf(order.invoice)).toHaveLength(1);
  });

  test("is looked up, and asked for again under the same key when it was not made", async () => {
    const { client, told } = gateway.client();
    const order = gateway.order();
    await rule({ code: "bank_timeout", route: "POST /api/v2/payments", count: 1 });
    const payment = await client.payments.create(order);
    expect(told.requests.map((event) => event.method)).toEqual(["POST", "GET", "POST"]);
    expect(told.requests[0]?.idempotencyKey).toBe(told.requests[2]?.idempotencyKey);
    expect((await invoicesOf(order.invoice)).map((each) => each.id)).toEqual([payment.id]);
  });

  test("is not taken for another one that has its invoice, and was asked for with other words", async () => {
    const { client, told } = gateway.client();
    const order = gateway.order();
    const earlier = await client.payments.create(order);
    await rule({ code: "bank_timeout", route: "POST /api/v2/payments", count: 1 });
    const moved = { ...order, success_url: "https://shop.example/elsewhere" };
    const { data, isRecovered } = await client.payments.create(moved).withResponse();
    expect({ isRecovered, id: data.id, to: data.success_url }).toEqual({
      isRecovered: false,
      id: earlier.id,
      to: moved.success_url,
    });
    expect(told.requests.map((event) => event.method)).toEqual(["POST", "POST", "GET", "POST"]);
  });

  test("throws that its outcome is not known when it cannot be looked up either", async () => {
    const { client, told } = gateway.client();
    await rule({ code: "bank_timeout", route: "POST /api/v2/payments", count: 1 });
    await rule({ code: "key_revoked", route: "GET /api/v2/payments" });
    const error = await failureOf(client.payments.create(gateway.order()));
    expect(error).toMatchObject({ name: "TimeoutError", code: "bank_timeout", outcomeUnknown: true });
    expect(told.requests.map((event) => event.method)).toEqual(["POST", "GET"]);
  });
});

describe("the retry budget", () => {
  test("lets no more than its share be sent again, however much fails", async () => {
    const { client, told } = gateway.client({ retryBudget: { ratio: 0.1, burst: 2 }, breaker: false });
    const errors: KineticPayError[] = [];
    for (let i = 0; i < 20; i += 1)
      errors.push(await failureOf(client.ping({ fault: "internal_error", maxRetries: 5 })));
    // Two saved up, and one earned by every ten calls.
    expect(told.retries.length).toBeGreaterThanOrEqual(3);
    expect(told.retries.length).toBeLessThanOrEqual(4);
    expect(errors.at(-1)?.gaveUpBecause).toBe("retry_budget");
  });
});
