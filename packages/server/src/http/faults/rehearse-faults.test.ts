import { type ErrorCode, errorCodes, errorEntry, errorStatus } from "@kineticpay/contract/errors/catalogue";
import type { ErrorBody } from "@kineticpay/contract/errors/error-body";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chance } from "../../faults/rules.ts";
import { createMerchant, type NewMerchant } from "../../merchants/create-merchant.ts";
import { openTestApp, type TestApp } from "../../testing/test-app.ts";

let app: TestApp;
let other: NewMerchant;
beforeAll(async () => {
  app = await openTestApp();
  other = await createMerchant(app.gateway, { name: "Lain", collectionName: "Lain", website: "https://other.example" });
});
afterAll(() => app.close());

const ping = "/api/v2/ping";

/** A call of the v2 API, with a fault or without. */
async function call(path: string, fault?: string, body?: unknown, key = app.merchant.apiKey.key, at: TestApp = app) {
  const answer = await fetch(`http://127.0.0.1:${at.port}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(fault === undefined ? {} : { "kineticpay-fault": fault }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as ErrorBody & { id?: string } };
}

let invoices = 0;
const order = () => ({
  amount: 1250,
  invoice: `F-${++invoices}`,
  success_url: "https://shop.example/thanks",
  failure_url: "https://shop.example/again",
});
const paymentsOf = async (invoice: string) => {
  const found = (await call(`/api/v2/payments?invoice=${invoice}`)).body as unknown as { data: unknown[] };
  return found.data.length;
};
const rule = async (body: object, key?: string) => {
  const made = await call("/api/v2/sandbox/faults", undefined, body, key);
  expect(made.status).toBe(200);
  return made.body as unknown as { id: string };
};
const clear = () => call("/api/v2/sandbox/faults/all/delete", undefined, {});

describe("the header KineticPay-Fault", () => {
  test.each(errorCodes)("makes %s happen, in the form in which it really comes", async (code) => {
    const { status, headers, body } = await call(ping, code);
    expect({ status, code: body.code, type: body.type }).toEqual({
      status: errorStatus(code),
      code,
      type: errorEntry(code).type,
    });
    expect(headers.get("kineticpay-fault")).toBe("rehearsed");
    expect(body.request_id).toBe(headers.get("x-request-id"));
    expect(body.retryable).toBe(errorEntry(code).retryable);
    expect(body.message).not.toMatch(/undefined|NaN/);
    if (status === 429 || status === 503) {
      expect(headers.get("retry-after")).toBe(String(body.retry_after));
      expect(body.retry_after).toBeGreaterThan(0);
    }
  });

  test("leaves nothing done, unless it asks for the work to be done first", async () => {
    const before = order();
    expect((await call("/api/v2/payments", "internal_error", before)).status).toBe(500);
    expect(await paymentsOf(before.invoice)).toBe(0);
    const after = order();
    const lost = await call("/api/v2/payments", "bank_timeout; after=commit", after);
    expect(lost).toMatchObject({ status: 504, body: { code: "bank_timeout" } });
    expect(await paymentsOf(after.invoice)).toBe(1);
  });

  test("answers late by the time it asks for", async () => {
    const started = performance.now();
    const late = await call(ping, "delay=300");
    expect(performance.now() - started).toBeGreaterThanOrEqual(295);
    expect(late).toMatchObject({ status: 200, body: { message: "pong" } });
    const lateFailure = await call(ping, "overloaded; delay=200");
    expect(lateFailure.status).toBe(503);
  });

  test("resets the connection before an answer, with the work undone or done", async () => {
    const undone = order();
    await expect(call("/api/v2/payments", "drop", undone)).rejects.toThrow("fetch failed");
    expect(await paymentsOf(undone.invoice)).toBe(0);
    const done = order();
    await expect(call("/api/v2/payments", "internal_error; after=commit; drop", done)).rejects.toThrow("fetch failed");
    expect(await paymentsOf(done.invoice)).toBe(1);
  });

  test("sends half an answer", async () => {
    const answer = await fetch(`http://127.0.0.1:${app.port}${ping}`, {
      headers: { authorization: `Bearer ${app.merchant.apiKey.key}`, "kineticpay-fault": "half" },
    });
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow("terminated");
  });

  test.each([
    ["no_such_code"],
    ["internal_error; delay=999999"],
    ["internal_error; delay=70000"],
    ["internal_error; after=tomorrow"],
    ["internal_error; bank_timeout"],
    ["after=commit"],
    ["drop; half"],
    [""],
    [`internal_error${"; drop".repeat(50)}`],
  ])("is refused by its name when it makes no sense: %s", async (header) => {
    const refused = await call(ping, header);
    expect(refused).toMatchObject({
      status: 403,
      body: { code: "fields_invalid", fields: [{ path: "KineticPay-Fault" }] },
    });
  });

  test("cannot make a failure look like a success", async () => {
    const bad = await call("/api/v2/payments", "internal_error; after=commit", { amount: "x" });
    expect(bad).toMatchObject({ status: 403, body: { code: "fields_invalid" } });
    expect(await call(ping, "delay=1", undefined, "kp_test_wrong")).toMatchObject({ status: 401 });
  });

  test("does nothing for a caller without a key, however long it asks to wait", async () => {
    const started = performance.now();
    expect((await call(ping, "internal_error; delay=5000", undefined, "")).status).toBe(401);
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  test("works on the wire protocol, with its own body", async () => {
    const answer = await app.send({
      method: "POST",
      path: "/payment/create",
      headers: { "content-type": "application/json", "kineticpay-fault": "database_unavailable" },
      body: JSON.stringify({ merchant_key: app.merchant.merchantKey.key }),
    });
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text)).toMatchObject({ code: "database_unavailable", error: expect.any(Object) });
  });

  test("is told by the explanation of the call", async () => {
    const failed = await call(ping, "bank_offline");
    const explained = (await call(`/api/v2/requests/${failed.body.request_id}/explain`)).body as unknown as {
      why: string;
    };
    expect(explained.why).toContain("asked for");
  });
});

describe("rules", () => {
  test("strike every call they are for, no other, and end when they are taken back", async () => {
    const { id } = await rule({ code: "overloaded", route: "GET /api/v2/payments" });
    expect((await call("/api/v2/payments")).body.code).toBe("overloaded");
    expect((await call(ping)).status).toBe(200);
    const list = (await call("/api/v2/sandbox/faults")).body as unknown as { data: { id: string; hits: number }[] };
    expect(list.data).toMatchObject([{ id, hits: 1 }]);
    expect((await call(`/api/v2/sandbox/faults/${id}/delete`, undefined, {})).status).toBe(200);
    expect((await call("/api/v2/payments")).status).toBe(200);
    expect((await call(`/api/v2/sandbox/faults/${id}/delete`, undefined, {})).body.code).toBe("resource_missing");
  });

  test("strike as often as they may, however many ask at once", async () => {
    await rule({ code: "internal_error", route: ping, count: 3 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => call(ping)));
    expect(answers.filter((answer) => answer.status === 500)).toHaveLength(3);
    await clear();
  });

  test("with a seed strike the same calls of every run, and about their share", async () => {
    const run = async () => {
      await rule({ code: "internal_error", route: ping, share: 0.5, seed: 42 });
      const statuses: number[] = [];
      for (let i = 0; i < 20; i += 1) statuses.push((await call(ping)).status);
      await clear();
      return statuses;
    };
    const first = await run();
    expect(await run()).toEqual(first);
    expect(first).toEqual(first.map((_status, index) => (chance(42, index + 1) < 0.5 ? 500 : 200)));
    expect(new Set(first).size).toBe(2);
  });

  test("of one merchant never touch another's calls", async () => {
    await rule({ code: "internal_error" }, other.apiKey.key);
    expect((await call(ping)).status).toBe(200);
    expect((await call(ping, undefined, undefined, other.apiKey.key)).status).toBe(500);
    const mine = (await call("/api/v2/sandbox/faults")).body as unknown as { data: unknown[] };
    expect(mine.data).toEqual([]);
    await call("/api/v2/sandbox/faults/all/delete", undefined, {}, other.apiKey.key);
    expect((await call(ping, undefined, undefined, other.apiKey.key)).status).toBe(200);
  });

  test("never shut their owner out of the rules", async () => {
    await rule({ code: "internal_error" });
    expect((await call(ping)).status).toBe(500);
    expect((await clear()).status).toBe(200);
    expect((await call(ping)).status).toBe(200);
  });

  test("strike the wire protocol, for one key", async () => {
    await rule({ code: "bank_offline", key: app.merchant.merchantKey.id, route: "/payment/create", after: "commit" });
    const invoice = `F-${++invoices}`;
    const fields = {
      merchant_key: app.merchant.merchantKey.key,
      invoice,
      amount: "1.00",
      description: "x",
      callback_success: "https://shop.example/ok",
      callback_error: "https://shop.example/no",
    };
    const headers = { "content-type": "application/json" };
    const answer = await app.send({ method: "POST", path: "/payment/create", headers, body: JSON.stringify(fields) });
    expect(answer.status).toBe(503);
    await clear();
    expect(await paymentsOf(invoice)).toBe(1);
  });

  test("count in every process, within a second", async () => {
    const second = await openSecond();
    try {
      expect((await call(ping, undefined, undefined, undefined, second)).status).toBe(200);
      await rule({ code: "internal_error", route: ping });
      const deadline = performance.now() + 1_000;
      let status = 200;
      while (status === 200 && performance.now() < deadline) {
        status = (await call(ping, undefined, undefined, undefined, second)).status;
      }
      expect(status).toBe(500);
    } finally {
      await clear();
      await second.close();
    }
  });

  test.each([
    [{}, "/code"],
    [{ drop: true, half: true }, "/half"],
    [{ code: "internal_error", route: "/api/v2/nothing" }, "/route"],
    [{ code: "internal_error", route: "/api/v2/sandbox/faults" }, "/route"],
    [{ code: "internal_error", share: 2 }, "/share"],
    [{ code: "no_code" }, "/code"],
    [{ code: "internal_error", delay_ms: 60_001 }, "/delay_ms"],
  ])("that make no sense are refused: %j", async (body, path) => {
    const refused = await call("/api/v2/sandbox/faults", undefined, body);
    expect(refused).toMatchObject({ status: 403, body: { fields: [{ path }] } });
  });

  test("for another merchant's key are refused", async () => {
    const refused = await call("/api/v2/sandbox/faults", undefined, { drop: true, key: other.apiKey.id });
    expect(refused).toMatchObject({ status: 403, body: { fields: [{ path: "/key" }] } });
  });
});

/** Another process's HTTP side, on the same database. */
async function openSecond(): Promise<TestApp> {
  const { buildApp } = await import("../app.ts");
  const built = buildApp(app.gateway);
  await built.listen({ host: "127.0.0.1", port: 0 });
  const address = built.server.address();
  return { ...app, port: typeof address === "object" ? (address?.port ?? 0) : 0, close: () => built.close() };
}

describe("live mode", () => {
  let live: TestApp;
  const warnings: unknown[] = [];
  beforeAll(async () => {
    live = await openTestApp({
      change: (gateway) => ({
        config: { ...gateway.config, mode: "live" },
        log: Object.assign(Object.create(gateway.log), { warn: (...line: unknown[]) => warnings.push(line) }),
      }),
    });
  });
  afterAll(() => live.close());

  const wire = (headers: Record<string, string>) =>
    live.send({
      method: "GET",
      path: `/payment/status?merchant_key=${live.merchant.merchantKey.key}&invoice=none`,
      headers,
      body: "",
    });

  test("ignores the header, says so and reports it", async () => {
    const answer = await wire({ "kineticpay-fault": "internal_error; delay=5000" });
    expect(answer.status).toBe(404);
    expect(answer.headers["kineticpay-fault"]).toBe("ignored");
    expect(JSON.stringify(warnings)).toContain("ignored");
    expect((await wire({})).headers["kineticpay-fault"]).toBeUndefined();
  });

  test("has no routes for rules", async () => {
    for (const method of ["GET", "POST"]) {
      const answer = await live.send({ method, path: "/api/v2/sandbox/faults", headers: {}, body: "" });
      expect(JSON.parse(answer.text)).toMatchObject({ status: 404, code: "route_unknown" satisfies ErrorCode });
    }
  });
});
