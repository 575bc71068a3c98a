import { errorCodes, errorStatus } from "@kineticpay/contract/errors/catalogue";
import type { ErrorBody } from "@kineticpay/contract/errors/error-body";
import { object } from "@kineticpay/contract/json-schema";
import fc from "fast-check";
import { Agent, request } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newApiKey } from "../merchants/key-format.ts";
import { alterAccess } from "../testing/alter-access.ts";
import { admitted } from "../testing/fuzz/admitted.ts";
import { dirtyRequest, parseAnswers, sendBytes } from "../testing/fuzz/dirty-bytes.ts";
import { plantedFaults } from "../testing/fuzz/planted-fault.ts";
import { openTestGateway, type TestGateway } from "../testing/test-gateway.ts";
import { takesKey } from "./idempotency-key.ts";
import type { Route } from "./route.ts";
import { routes } from "./routes/index.ts";

const seed = Number(process.env["TEST_SEED"] ?? Date.now() % 1_000_000);
const statuses = [200, 401, 403, 404, 429, 500, 502, 503, 504];
const members = ["code", "doc_url", "message", "meta", "request_id", "retryable", "status", "type"];

let test: TestGateway;
let port = 0;
let key = "";
const agent = new Agent({ connections: 24 });
const calls = { sent: 0 };
beforeAll(async () => {
  // With a bank network that answers: what goes wrong here is then nobody's fault but the input's.
  test = await openTestGateway({
    settings: {
      KINETICPAY_KEY_RATE: "100000",
      KINETICPAY_KEY_CONCURRENCY: "10000",
      KINETICPAY_ADDRESS_RATE: "100000",
      KINETICPAY_ADDRESS_BURST: "100000",
      KINETICPAY_OVERLOAD_DELAY_MS: "60000",
    },
  });
  port = Number(new URL(test.url).port);
  key = test.merchant.apiKey.key;
  await alterAccess(
    test.gateway,
    "update api_keys set scopes = '{payments:read,payments:write,manage}' where kind = 'api_key'",
  );
});
afterAll(async () => {
  await agent.destroy();
  await test.close();
});

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** This gateway has no bank network, so of banks there is nothing to tell; that answer alone is no fault of the gateway's. */
function isWithoutBanks(sent: Sent, text: string): boolean {
  const isBankList = decodeURIComponent(sent.path.split("?")[0] ?? "") === "/api/v2/banks";
  return isBankList && (JSON.parse(text) as ErrorBody).code === "bank_offline";
}

/** Sends a call and holds its answer against what every answer must be. */
async function call(sent: Sent): Promise<{ status: number; body: ErrorBody }> {
  calls.sent += 1;
  const answer = await request(`http://127.0.0.1:${port}${sent.path}`, {
    method: sent.method as "GET",
    dispatcher: agent,
    headers: {
      authorization: `Bearer ${key}`,
      ...(sent.body === undefined ? {} : { "content-type": "application/json" }),
      ...sent.headers,
    },
    ...(sent.body === undefined ? {} : { body: sent.body }),
  });
  const text = await answer.body.text();
  const about = `seed ${seed}: ${JSON.stringify(sent).slice(0, 600)} -> ${answer.statusCode} ${text.slice(0, 300)}`;
  if (!statuses.includes(answer.statusCode)) throw new Error(about);
  if (answer.statusCode >= 500 && !isWithoutBanks(sent, text)) throw new Error(about);
  if (typeof answer.headers["x-request-id"] !== "string") throw new Error(`no request id: ${about}`);
  if (text.includes(key)) throw new Error(`the key was echoed: ${about}`);
  const body = JSON.parse(text) as ErrorBody;
  if (answer.statusCode !== 200) {
    const whole =
      members.every((name) => name in body) &&
      body.status === answer.statusCode &&
      errorStatus(body.code) === answer.statusCode;
    if (!whole || (answer.statusCode === 403) !== Array.isArray(body.fields))
      throw new Error(`not the contract's body: ${about}`);
  }
  return { status: answer.statusCode, body };
}

/** Runs the work over many generated cases, some at a time. */
async function each<T>(arbitrary: fc.Arbitrary<T>, count: number, work: (value: T) => Promise<void>): Promise<void> {
  const queue = fc.sample(arbitrary, { seed, numRuns: count });
  const worker = async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) await work(next);
  };
  await Promise.all(Array.from({ length: 24 }, worker));
}

const anyRoute = fc.constantFrom(...routes);
const withBody = routes.filter((route) => route.body !== undefined);
/** What changes who may call is only rehearsed: the fuzzer must not lock itself out. */
const isRisky = (route: Route) => route.method !== "GET" && !route.url.startsWith("/api/v2/payments");
const shared = [
  "fields_invalid",
  "resource_missing",
  "json_malformed",
  "media_type_unsupported",
  "idempotency_key_reused",
];
const ids = fc.oneof(
  fc.constantFrom("pay_00000000000000000000000000", "col_1", "x"),
  fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/),
);
const pathOf = (route: Route, id: string) =>
  route.url.replace(/:[a-z_]+/g, encodeURIComponent(id)) + (isRisky(route) ? "?validate_only=true" : "");
/** Few enough that calls meet each other under them, and sometimes none. */
const idempotencyKeys = fc.option(
  fc.nat(2_000).map((number) => `fuzz ${number}`),
  { nil: undefined },
);
const bodyOf = (route: Route) => (route.body === undefined ? fc.constant(undefined) : admitted(route.body));

it(`answers what its schemas admit with 200 or an error that the route documents (seed ${seed})`, {
  timeout: 120_000,
}, async () => {
  const cases = anyRoute.chain((route) =>
    fc.record({
      route: fc.constant(route),
      id: ids,
      body: bodyOf(route),
      query: admitted(route.query ?? object({})),
      idempotencyKey: idempotencyKeys,
    }),
  );
  const seen = new Set<string>();
  const kept = new Map<string, Set<string>>();
  await each(cases, 8_000, async ({ route, id, body, query, idempotencyKey }) => {
    const parameters = new URLSearchParams(
      Object.entries(query as Record<string, string>).filter(([name]) => name !== "validate_only"),
    ).toString();
    const path = pathOf(route, id);
    const answer = await call({
      method: route.method,
      path: parameters === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${parameters}`,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(idempotencyKey === undefined ? {} : { headers: { "idempotency-key": idempotencyKey } }),
    });
    if (idempotencyKey !== undefined && takesKey(route) && answer.status === 200 && !isRisky(route)) {
      kept.set(idempotencyKey, (kept.get(idempotencyKey) ?? new Set()).add(JSON.stringify(answer.body)));
    }
    if (answer.status !== 200) {
      const documented =
        (route.errors as readonly string[]).includes(answer.body.code) || shared.includes(answer.body.code);
      expect(documented, `${route.method} ${route.url} answered ${answer.body.code}`).toBe(true);
    } else seen.add(`${route.method} ${route.url}`);
  });
  expect(seen.has("POST /api/v2/payments")).toBe(true);
  expect([...kept.values()].every((answers) => answers.size === 1)).toBe(true);
});

it(`names each planted fault of a body by its place and code (seed ${seed})`, { timeout: 120_000 }, async () => {
  const cases = fc.constantFrom(...withBody).chain((route) =>
    bodyOf(route).chain((body) =>
      fc.record({
        route: fc.constant(route),
        planted: fc.constantFrom(...plantedFaults(route.body ?? {}, body as Record<string, unknown>)),
      }),
    ),
  );
  await each(cases, 12_000, async ({ route, planted }) => {
    const { status, body } = await call({
      method: route.method,
      path: pathOf(route, "pay_00000000000000000000000000"),
      body: JSON.stringify(planted.body),
    });
    const found = (body.fields ?? []).map((fault) => `${fault.path} ${fault.code}`);
    const about = `${route.method} ${route.url} ${JSON.stringify(planted).slice(0, 300)} -> ${JSON.stringify(body).slice(0, 300)}`;
    expect({ status, code: body.code, named: found.includes(`${planted.path} ${planted.code}`) }, about).toEqual({
      status: 403,
      code: "fields_invalid",
      named: true,
    });
  });
});

it(`names each fault around a body: who calls, how, where to, and in what form (seed ${seed})`, {
  timeout: 120_000,
}, async () => {
  const live = newApiKey("live", test.gateway.random);
  const stranger = newApiKey("sandbox", test.gateway.random);
  const post = { method: "POST", path: "/api/v2/payments", body: '{"amount":1}' };
  const well = { method: "POST", path: "/api/v2/payments/pay_1/cancel" };
  const faults: readonly [string, Sent][] = [
    ["key_missing", { ...post, headers: { authorization: "" } }],
    ["key_malformed", { ...post, headers: { authorization: `Bearer ${key.slice(0, -1)}` } }],
    ["key_invalid", { ...post, headers: { authorization: `Bearer ${stranger}` } }],
    ["key_wrong_mode", { ...post, headers: { authorization: `Bearer ${live}` } }],
    ["json_malformed", { ...post, body: '{"amount":1' }],
    ["json_malformed", { ...post, body: '{"amount":1,"amount":2}' }],
    ["json_malformed", { ...post, body: "[".repeat(5_000) }],
    ["media_type_unsupported", { ...post, headers: { "content-type": "text/plain" } }],
    ["body_too_large", { ...post, body: `{"description":"${"x".repeat(70_000)}"}` }],
    ["method_unknown", { method: "DELETE", path: "/api/v2/payments" }],
    ["method_unknown", { method: "PATCH", path: "/api/v2/ping", body: "{}" }],
    ["route_unknown", { method: "GET", path: "/api/v2/payment" }],
    ["route_unknown", { method: "GET", path: "/api/v3/payments" }],
    ["resource_missing", { method: "GET", path: `/api/v2/payments/${"9".repeat(300)}` }],
    ["fields_invalid", { ...well, headers: { "idempotency-key": "" } }],
    ["fields_invalid", { ...well, headers: { "idempotency-key": "k".repeat(256) } }],
    ["fields_invalid", { ...well, headers: { "idempotency-key": "k\u00fcrzel" } }],
    ["fields_invalid", { method: "GET", path: "/api/v2/payments?limit=0" }],
    ["fields_invalid", { method: "GET", path: "/api/v2/payments?limit=1&limit=2" }],
    ["fields_invalid", { method: "GET", path: "/api/v2/banks?model=b2b9" }],
    ["http_malformed", { method: "GET", path: "/api/v2/payments/%ff%zz" }],
  ];
  const codes = new Set(errorCodes as readonly string[]);
  await each(fc.constantFrom(...faults), 6_000, async ([code, sent]) => {
    expect(codes.has(code)).toBe(true);
    expect((await call(sent)).body.code, JSON.stringify(sent).slice(0, 200)).toBe(code);
  });
});

it(`answers any path, method, header and body by the contract (seed ${seed})`, { timeout: 120_000 }, async () => {
  const segment = fc.oneof(
    fc.constantFrom("api", "v2", "payments", "payment", "create", "status", "banks", "..", "."),
    fc.stringMatching(/^[A-Za-z0-9%._~!$&'()*+,;=:@-]{0,12}$/),
  );
  const cases = fc.record({
    method: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE"),
    path: fc.array(segment, { maxLength: 5 }).map((parts) => `/api/v2/${parts.join("/")}`),
    body: fc.option(fc.oneof(fc.json(), fc.string({ unit: "binary" })), { nil: undefined }),
    type: fc.constantFrom(
      "application/json",
      "application/json; charset=utf-8",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
      "text/plain",
      "x",
    ),
  });
  await each(cases, 4_500, async ({ method, path, body, type }) => {
    await call({
      method,
      path,
      ...(body === undefined || method === "GET" ? {} : { body }),
      headers: { "content-type": type },
    });
  });
});

it(`answers bytes that are hardly HTTP with the contract's body, or not at all (seed ${seed})`, {
  timeout: 120_000,
}, async () => {
  const cases = fc.record({
    bytes: fc.oneof(dirtyRequest("/api/v2/payments"), dirtyRequest("/payment/create")),
    split: fc.nat(200),
  });
  await each(cases, 1_500, async ({ bytes, split }) => {
    calls.sent += 1;
    for (const answer of parseAnswers(await sendBytes(port, bytes, Math.min(split, bytes.length)))) {
      const about = `seed ${seed}: ${JSON.stringify(bytes.toString("latin1").slice(0, 400))} -> ${answer.headers} ${answer.body.slice(0, 200)}`;
      expect(statuses.includes(answer.status) && answer.status < 500, about).toBe(true);
      expect(/x-request-id/i.test(answer.headers), about).toBe(true);
      if (answer.status !== 200 && !/^HEAD|^OPTIONS/.test(bytes.toString("latin1")))
        expect(
          members.every((name) => name in (JSON.parse(answer.body) as object)),
          about,
        ).toBe(true);
    }
  });
});

it("has sent at least thirty thousand requests", () => {
  expect(calls.sent).toBeGreaterThanOrEqual(30_000);
});
