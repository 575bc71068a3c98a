import type { ErrorBody } from "@kineticpay/contract/errors/error-body";
import { afterEach, expect, it } from "vitest";
import { openTestApp, type RawAnswer, type TestApp } from "../testing/test-app.ts";
import { importanceOf } from "./shed-load.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(settings: Readonly<Record<string, string>>): Promise<TestApp> {
  const app = await openTestApp({ settings });
  closing.push(() => app.close());
  return app;
}

const codeOf = (answer: RawAnswer) => (JSON.parse(answer.text) as Partial<ErrorBody>).code;

const send = (app: TestApp, method: string, path: string, body = "") =>
  app.send({
    method,
    path,
    headers: {
      host: "a",
      authorization: `Bearer ${app.merchant.apiKey.key}`,
      ...(body === "" ? {} : { "content-type": "application/json" }),
    },
    body,
  });

it.each([
  ["GET", "/api/v2/payments", "list"],
  ["GET", "/api/v2/requests", "list"],
  ["GET", "/api/v2/payments/:id", "call"],
  ["GET", "/api/v2/ping", "call"],
  ["PATCH", "/api/v2/payments/:id", "call"],
  ["GET", "/payment/status", "call"],
  ["POST", "/api/v2/payments", "create"],
  ["POST", "/payment/create", "create"],
  ["POST", "/fpx/direct", "critical"],
  ["POST", "/fpx/indirect", "critical"],
  ["GET", "/checkout/:id", "critical"],
  ["POST", "/checkout/:id/begin", "critical"],
  ["GET", "/health", "critical"],
  ["GET", "/ready", "critical"],
  ["GET", "", "critical"],
])("takes %s %s for a %s", (method, url, importance) => {
  expect(importanceOf(method, url)).toBe(importance);
});

/** Takes all connections there are, and has so many statements more wait for one. */
async function queueUp(app: TestApp, waiting: number): Promise<() => Promise<void>> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { db } = app.gateway;
  const hold = () =>
    new Promise<void>((isHeld) => {
      const over = db.transaction("payments.change", async () => {
        isHeld();
        await released;
      });
      overs.push(over);
    });
  const overs: Promise<void>[] = [];
  await Promise.all([hold(), hold()]);
  const queued = Array.from({ length: waiting }, () => db.query("select 1"));
  return async () => {
    release();
    await Promise.all([...overs, ...queued]);
  };
}

it("sheds lists first, other calls at twice and new payments at four times the queue for the database, and no buyer or bank ever", async () => {
  // Only the queue is to count here, and not how late a busy machine runs everything.
  const others = { KINETICPAY_OVERLOAD_DELAY_MS: "10000", KINETICPAY_OVERLOAD_WAIT_MS: "10000" };
  const app = await open({ KINETICPAY_DATABASE_POOL: "2", KINETICPAY_OVERLOAD_WAITING: "3", ...others });
  let logged = 0;
  const at = async (
    waiting: number,
    ...call: Parameters<typeof send> extends [unknown, ...infer Rest] ? Rest : never
  ) => {
    // The log writes the calls before this one in its own time, and its statement would stand in the queue as one more.
    const isWritten = () => app.requestLog.counts().written === logged;
    await expect.poll(isWritten, { timeout: 10_000 }).toBe(true);
    if (call[1].startsWith("/api/")) logged += 1;
    const release = await queueUp(app, waiting);
    // What is not shed waits for the database as well, so it is let go and then must not be a 503.
    const asked = send(app, ...call);
    const first = await Promise.race([asked, new Promise<undefined>((resolve) => setTimeout(resolve, 300))]);
    await release();
    return { isEarly: first !== undefined, answer: await asked };
  };
  const list = ["GET", "/api/v2/payments"] as const;
  const create = ["POST", "/api/v2/payments", "{}"] as const;
  const shed = await at(3, ...list);
  expect(shed.isEarly).toBe(true);
  expect(shed.answer.status).toBe(503);
  expect(JSON.parse(shed.answer.text)).toMatchObject({ code: "overloaded", retry_after: 2, retryable: true });
  expect(shed.answer.headers["retry-after"]).toBe("2");
  expect((await at(5, "GET", "/api/v2/ping")).answer.status).toBe(200);
  expect(codeOf((await at(6, "GET", "/api/v2/ping")).answer)).toBe("overloaded");
  expect((await at(11, ...create)).answer.status).toBe(403);
  expect(codeOf((await at(12, ...create)).answer)).toBe("overloaded");
  expect((await at(30, "GET", "/health")).answer.status).toBe(200);
  expect((await at(30, "POST", "/fpx/direct", "a=b")).answer.status).toBe(403);
  expect((await at(30, "GET", "/checkout/nothing")).answer.status).toBe(404);
  expect((await send(app, ...list)).status).toBe(200);
});

it("sheds lists while the event loop is late, and takes them again when it is not", async () => {
  const app = await open({ KINETICPAY_OVERLOAD_DELAY_MS: "40" });
  let isHogging = true;
  const hog = () => {
    const until = performance.now() + 60;
    while (performance.now() < until);
    if (isHogging) setImmediate(hog);
  };
  hog();
  const deadline = Date.now() + 20_000;
  const comesTo = async (status: number) => {
    while ((await send(app, "GET", "/api/v2/payments")).status !== status) expect(Date.now()).toBeLessThan(deadline);
  };
  await comesTo(503);
  isHogging = false;
  await comesTo(200);
});

it("is not alarmed by one long pause", async () => {
  const app = await open({ KINETICPAY_OVERLOAD_DELAY_MS: "100" });
  await send(app, "GET", "/api/v2/payments");
  const until = performance.now() + 1_500;
  while (performance.now() < until);
  for (const end = performance.now() + 600; performance.now() < end; ) {
    expect((await send(app, "GET", "/api/v2/payments")).status).toBe(200);
  }
});

/** A gateway that sheds whatever may be shed. */
async function openShedding(): Promise<TestApp> {
  const app = await openTestApp({
    change: (gateway) => ({
      limits: { ...gateway.limits, reasonToShed: (importance) => (importance === "critical" ? undefined : "too much") },
    }),
  });
  closing.push(() => app.close());
  return app;
}

/** The first refusals go through the framework, where they are logged; those after it do not. Both must look alike. */
async function refusals(app: TestApp, method: string, path: string, headers: Readonly<Record<string, string>> = {}) {
  const answers: RawAnswer[] = [];
  for (let i = 0; i < 40; i += 1)
    answers.push(await app.send({ method, path, headers: { host: "a", ...headers }, body: "" }));
  return answers.map(({ status, headers: { date, "x-request-id": id, ...rest }, text }) => {
    expect(id).toMatch(/^req_[0-9A-Z]{26}$/);
    return JSON.stringify({ status, rest: Object.entries(rest).sort(), text: text.replaceAll(String(id), "(id)") });
  });
}

it.each([
  ["GET", "/api/v2/payments?limit=10", {}],
  ["POST", "/api/v2/payments", {}],
  ["POST", "/payment/create", {}],
  ["GET", "/payment/status?invoice=1", {}],
  ["GET", "/api/v2/ping", { accept: "application/problem+json" }],
])("refuses alike before the framework and behind it: %s %s %j", async (method, path, headers) => {
  const alike = new Set(await refusals(await openShedding(), method, path, headers));
  expect([...alike]).toHaveLength(1);
  expect([...alike][0]).toContain("overloaded");
});

it("logs some of the refused calls, and lets nobody wait for a refusal for longer than a second", async () => {
  const app = await openShedding();
  const began = performance.now();
  const answers = await Promise.all(Array.from({ length: 600 }, () => send(app, "GET", "/api/v2/ping")));
  expect(answers.filter(({ status }) => status !== 503)).toEqual([]);
  expect(performance.now() - began).toBeLessThan(20_000);
  const logged = async () =>
    (await app.gateway.db.query<{ count: number }>("select count(*) from request_log where code = 'overloaded'"))[0]
      ?.count;
  await expect.poll(logged).toBeGreaterThan(0);
  expect(await logged()).toBeLessThan(600);
});
