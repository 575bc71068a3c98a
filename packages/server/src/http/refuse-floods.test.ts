import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterEach, expect, it } from "vitest";
import type { Gateway } from "../gateway.ts";
import { newApiKey } from "../merchants/key-format.ts";
import { DatabaseUnavailable } from "../seams/database-unavailable.ts";
import { systemRandom } from "../seams/random.ts";
import { alterAccess } from "../testing/alter-access.ts";
import { testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { buildApp } from "./app.ts";
import { createFloodRefuser } from "./refuse-floods.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Call {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Answer {
  readonly status: number | undefined;
  /** Names and values in their order. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** What came, but for the request's id and the time of day. */
function send(server: Server, { method = "GET", path, headers = {}, body = "" }: Call): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const call = request({ host: "127.0.0.1", port, method, path, headers, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      answer.on("end", () => {
        const steady = (each: string) => each.replace(/req_[0-9A-Z]{26}/g, "req_").replace(/ \d\d:\d\d:\d\d GMT/, "");
        resolve({ status: answer.statusCode, headers: answer.rawHeaders.map(steady), body: steady(text) });
      });
    });
    call.on("error", reject);
    call.end(body);
  });
}

const left: Answer["body"] = "left to the framework";

interface Pair {
  readonly core: TestCore;
  /** An app that keeps a log with room, so that every call goes the framework's way. */
  readonly long: Server;
  /** The same gateway in another process that keeps no log, and its refuser before a server that does nothing else. */
  readonly app: FastifyInstance;
  readonly gateway: Gateway;
  readonly early: Server;
}

async function open(settings: Readonly<Record<string, string>> = {}, log = "0"): Promise<Pair> {
  const clock = testClock();
  const core = await openTestCore({ settings, clock });
  closing.push(() => core.close());
  const beside = await openTestCore({
    beside: core,
    settings: { ...settings, KINETICPAY_REQUEST_LOG_DAYS: log },
    clock,
  });
  closing.push(() => beside.close());
  const apps = [buildApp(core.gateway), buildApp(beside.gateway)] as const;
  for (const each of apps) {
    await each.listen({ host: "127.0.0.1", port: 0 });
    closing.push(() => each.close());
  }
  const [long, app] = apps;
  const early = await refuseEarly(app, beside.gateway);
  // As the framework sets its own.
  early.keepAliveTimeout = long.server.keepAliveTimeout;
  return { core, long: long.server, app, gateway: beside.gateway, early };
}

/** A gateway's refuser before a server that does nothing else. */
async function refuseEarly(app: FastifyInstance, gateway: Gateway): Promise<Server> {
  const refuse = createFloodRefuser(app, gateway);
  const early = createServer((incoming, response) => {
    if (!refuse(incoming, response)) response.end(left);
  });
  await new Promise<void>((resolve) => early.listen(0, "127.0.0.1", resolve));
  closing.push(() => new Promise((resolve) => early.close(resolve)));
  return early;
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
/** Of the right form, and issued by nobody. */
const unknownKey = newApiKey("sandbox", systemRandom());
const ping = "/api/v2/ping";

/** What the second of two calls is told, which the refuser could know from the first. */
async function second({ long, app, early }: Pair, call: Call): Promise<{ told: Answer; early: Answer }> {
  await send(long, call);
  await send(app.server, call);
  return { told: await send(long, call), early: await send(early, call) };
}

const order = JSON.stringify({ amount: 1250, invoice: "1" });
const calls: readonly { code: string; call: Call }[] = [
  { code: "key_missing", call: { path: ping } },
  { code: "key_missing", call: { path: `${ping}?a=b` } },
  { code: "key_missing", call: { path: "/api/v2/payments", method: "POST", body: order } },
  { code: "key_malformed", call: { path: ping, headers: bearer("kp_test_half") } },
  { code: "key_invalid", call: { path: ping, headers: bearer(unknownKey) } },
  { code: "route_unknown", call: { path: "/api/v2/paymints" } },
  { code: "route_unknown", call: { path: "/wp-login.php", method: "POST", body: "log=admin" } },
  { code: "method_unknown", call: { path: ping, method: "POST" } },
];

it.each(calls)(
  "refuses a flood of $code before the framework, and says what that would say",
  async ({ code, call }) => {
    const { told, early } = await second(await open(), call);
    expect(JSON.parse(early.body).code).toBe(code);
    expect(early).toEqual(told);
  },
);

it("does so with keys that were revoked or have expired", async () => {
  const pair = await open();
  const { id, key } = pair.core.merchant.apiKey;
  const call = { path: ping, headers: bearer(key) };
  for (const [code, change] of [
    ["key_expired", "expires_at = now() - interval '1 hour'"],
    ["key_revoked", "revoked_at = now()"],
  ] as const) {
    await alterAccess(pair.core.gateway, `update api_keys set ${change} where id = $1`, [id]);
    await expect.poll(async () => JSON.parse((await send(pair.app.server, call)).body).code).toBe(code);
    const { told, early } = await second(pair, call);
    expect(JSON.parse(early.body).code).toBe(code);
    // The counts that are left differ by the calls that were polled with.
    expect(early.body).toBe(told.body);
  }
});

it("does so with addresses and with keys that have spent what they may", async () => {
  const ofAddress = await open({ KINETICPAY_ADDRESS_RATE: "1", KINETICPAY_ADDRESS_BURST: "1" });
  const spentAddress = await second(ofAddress, { path: ping });
  expect(JSON.parse(spentAddress.early.body).code).toBe("rate_exceeded");
  expect(spentAddress.early).toEqual(spentAddress.told);
  const ofKey = await open({ KINETICPAY_KEY_RATE: "1", KINETICPAY_KEY_BURST: "1" });
  const call = { path: ping, headers: bearer(ofKey.core.merchant.apiKey.key) };
  for (const server of [ofKey.long, ofKey.app.server]) expect((await send(server, call)).status).toBe(200);
  const spentKey = await second(ofKey, call);
  expect(JSON.parse(spentKey.early.body).code).toBe("rate_exceeded");
  expect(spentKey.early).toEqual(spentKey.told);
});

it("counts what it refuses as the framework does", async () => {
  const pair = await open({ KINETICPAY_ADDRESS_RATE: "1", KINETICPAY_ADDRESS_BURST: "4" });
  await send(pair.app.server, { path: ping });
  for (let call = 0; call < 3; call += 1) expect((await send(pair.early, { path: ping })).status).toBe(401);
  expect((await send(pair.app.server, { path: ping })).status).toBe(429);
});

it("leaves to the framework what is let in, and whatever it is not certain of", async () => {
  const pair = await open();
  const { key } = pair.core.merchant.apiKey;
  await send(pair.app.server, { path: ping });
  await send(pair.app.server, { path: ping, headers: bearer(key) });
  const problem = { accept: "application/problem+json" };
  const others: readonly Call[] = [
    { path: ping, headers: bearer(key) },
    { path: ping, headers: problem },
    { path: ping, headers: { "kineticpay-fault": "key_missing" } },
    { path: ping, headers: bearer(newApiKey("live", systemRandom())) },
    { path: ping, headers: bearer(newApiKey("sandbox", systemRandom())) },
    { path: "/api/v2/whoami" },
    { path: "/api/v2/nowhere" },
    { path: "/health" },
  ];
  for (const call of others) expect((await send(pair.early, call)).body, JSON.stringify(call)).toBe(left);
  const { collectionId } = pair.core.owner;
  await alterAccess(pair.core.gateway, "update collections set api_enabled = false where id = $1", [collectionId]);
  const closed = { path: ping, headers: bearer(key) };
  await expect.poll(async () => JSON.parse((await send(pair.app.server, closed)).body).code).toBe("api_not_enabled");
  expect((await send(pair.early, closed)).body).toBe(left);
});

it("has nobody looked up, not even when what is known grows too old in the midst of a call and the database is away", async () => {
  const { app, gateway } = await open();
  const call = { path: ping, headers: bearer(unknownKey) };
  for (let again = 0; again < 2; again += 1) await send(app.server, call);
  const asked: string[] = [];
  const query = async (text: string): Promise<never> => {
    asked.push(text);
    throw new DatabaseUnavailable("it is away");
  };
  let reads = 0;
  const find = (digest: string) => {
    reads += 1;
    return reads === 1 ? gateway.knownKeys.find(digest) : undefined;
  };
  const early = await refuseEarly(app, {
    ...gateway,
    db: { ...gateway.db, query },
    knownKeys: { ...gateway.knownKeys, find },
  });
  expect(JSON.parse((await send(early, call)).body).code).toBe("key_invalid");
  expect(asked.filter((text) => text.includes("api_keys"))).toEqual([]);
});

it("leaves to the framework, which logs them, as many calls as the log has room for", async () => {
  const pair = await open({}, "7");
  await send(pair.app.server, { path: ping });
  expect((await send(pair.early, { path: ping })).body).toBe(left);
});
