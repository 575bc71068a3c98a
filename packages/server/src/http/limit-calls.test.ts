import { connect } from "node:net";
import type { ErrorBody } from "@kineticpay/contract/errors/error-body";
import { afterEach, describe, expect, it } from "vitest";
import { createMerchant } from "../merchants/create-merchant.ts";
import { newApiKey } from "../merchants/key-format.ts";
import { systemRandom } from "../seams/random.ts";
import { alterAccess } from "../testing/alter-access.ts";
import { ownerDb } from "../testing/owner-db.ts";
import { openRedisPeer } from "../testing/redis-peer.ts";
import { openTestApp, type TestApp } from "../testing/test-app.ts";
import { type TestClock, testClock } from "../testing/test-clock.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Settings = Readonly<Record<string, string>>;

async function open(settings: Settings): Promise<{ app: TestApp; clock: TestClock }> {
  const clock = testClock();
  const app = await openTestApp({ settings, clock });
  closing.push(() => app.close());
  return { app, clock };
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: ErrorBody;
}

async function get(app: TestApp, path: string, key?: string): Promise<Answer> {
  const headers = { host: "gateway.example", ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) };
  const { text, ...answer } = await app.send({ method: "GET", path, headers: headers as Settings, body: "" });
  return { ...answer, body: JSON.parse(text) as ErrorBody };
}

const ping = (app: TestApp, key: string = app.merchant.apiKey.key) => get(app, "/api/v2/ping", key);
/** Of the right form, and issued by nobody. */
const unknownKey = newApiKey("sandbox", systemRandom());

async function many(count: number, call: () => Promise<Answer>): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < count; i += 1) statuses.push((await call()).status);
  return statuses;
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`it did not come to pass in time that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe("the rate of a key", () => {
  it("lets a burst through at once and then so many a second, to the millisecond", async () => {
    const { app, clock } = await open({ KINETICPAY_KEY_RATE: "2", KINETICPAY_KEY_BURST: "3" });
    expect(await many(4, () => ping(app))).toEqual([200, 200, 200, 429]);
    clock.advance(499);
    expect(await many(1, () => ping(app))).toEqual([429]);
    clock.advance(1);
    expect(await many(2, () => ping(app))).toEqual([200, 429]);
    clock.advance(60_000);
    expect(await many(4, () => ping(app))).toEqual([200, 200, 200, 429]);
  });

  it("is told in every answer, and a refusal says who spent it, what is safe and when to come back", async () => {
    const { app } = await open({ KINETICPAY_KEY_RATE: "2", KINETICPAY_KEY_BURST: "3" });
    const good = await ping(app);
    expect(good.headers["ratelimit-policy"]).toBe('"key";q=3;w=2, "key-concurrency";q=128;qu="concurrent-requests"');
    expect(good.headers["ratelimit"]).toBe('"key";r=2;t=1');
    const missing = await get(app, "/api/v2/payments/pay_0", app.merchant.apiKey.key);
    expect(missing.headers["ratelimit"]).toBe('"key";r=1;t=1');
    await ping(app);
    const refused = await ping(app);
    expect(refused.headers["ratelimit"]).toBe('"key";r=0;t=1');
    expect(refused.headers["retry-after"]).toBe("1");
    expect(refused.body).toMatchObject({ status: 429, code: "rate_exceeded", retryable: true, retry_after: 1 });
    const spentBy = `kp_test_…${app.merchant.apiKey.key.slice(-4)}`;
    expect(refused.body.meta).toEqual({ policy: "key", limit: 3, window_s: 2, safe_rate_per_s: 2, spent_by: spentBy });
    expect(refused.body.message).toContain(spentBy);
    expect(JSON.stringify(refused.body)).not.toContain(app.merchant.apiKey.key);
  });

  it("is each key's own, and holds on the wire protocol too", async () => {
    const { app } = await open({ KINETICPAY_KEY_RATE: "1", KINETICPAY_KEY_BURST: "2" });
    expect(await many(3, () => ping(app))).toEqual([200, 200, 429]);
    const wire = () => get(app, `/payment/status?merchant_key=${app.merchant.merchantKey.key}&invoice=none`);
    expect(await many(2, wire)).toEqual([404, 404]);
    const refused = await wire();
    expect(refused.body).toMatchObject({ status: 429, code: "rate_exceeded", meta: { policy: "key" } });
    expect(refused.body).toHaveProperty("error");
  });

  it("comes after the switch and before the scope", async () => {
    const { app } = await open({ KINETICPAY_KEY_RATE: "1", KINETICPAY_KEY_BURST: "1" });
    await alterAccess(app.gateway, "update collections set api_enabled = false");
    expect((await many(3, () => ping(app))).every((status) => status === 401)).toBe(true);
    await alterAccess(app.gateway, "update collections set api_enabled = true");
    await alterAccess(app.gateway, "update api_keys set scopes = '{}'");
    const list = () => get(app, "/api/v2/payments", app.merchant.apiKey.key);
    expect((await list()).body.code).toBe("scope_missing");
    expect((await list()).body.code).toBe("rate_exceeded");
  });

  it("refuses a spent key without a look into the database", async () => {
    const { app } = await open({ KINETICPAY_KEY_RATE: "1", KINETICPAY_KEY_BURST: "2" });
    expect(await many(3, () => ping(app))).toEqual([200, 200, 429]);
    const statements = async () =>
      Number(
        (
          await app.gateway.db.query<{ n: number }>(
            "select xact_commit + xact_rollback as n from pg_stat_database where datname = current_database()",
          )
        )[0]?.n,
      );
    await app.gateway.db.query("select pg_stat_force_next_flush()");
    const before = await statements();
    expect(new Set(await many(200, () => ping(app)))).toEqual(new Set([429]));
    expect((await statements()) - before).toBeLessThan(100);
  });

  it("holds when Redis is away, and refuses nobody because of it", async () => {
    const peer = await openRedisPeer();
    closing.push(() => peer.close());
    peer.behave("silent");
    const { app } = await open({ REDIS_URL: peer.url, KINETICPAY_KEY_RATE: "1", KINETICPAY_KEY_BURST: "3" });
    expect(await many(4, () => ping(app))).toEqual([200, 200, 200, 429]);
  });

  it("counts what other processes know of the key", async () => {
    const peer = await openRedisPeer();
    closing.push(() => peer.close());
    const { app } = await open({ REDIS_URL: peer.url });
    // The peer says that seven are left.
    await until("the shared count is told", async () => (await ping(app)).headers["ratelimit"] === '"key";r=7;t=1');
  });
});

describe("the rate of an address", () => {
  const settings = { KINETICPAY_ADDRESS_RATE: "2", KINETICPAY_ADDRESS_BURST: "3" };

  it("is never charged for a verified key, and so never met with one", async () => {
    const { app } = await open(settings);
    expect(new Set(await many(30, () => ping(app)))).toEqual(new Set([200]));
    expect(await many(4, () => get(app, "/api/v2/ping"))).toEqual([401, 401, 401, 429]);
  });

  it.each([
    ["without a key", undefined, "key_missing"],
    ["with half a key", "kp_test_half", "key_malformed"],
    ["with a key that nobody has", unknownKey, "key_invalid"],
  ])("stops calls %s, and lets them go on at its own pace", async (_how, key, code) => {
    const { app, clock } = await open(settings);
    const first = await get(app, "/api/v2/ping", key);
    expect(first.body).toMatchObject({ status: 401, code });
    expect(first.headers["ratelimit-policy"]).toBe('"address";q=3;w=2');
    expect(first.headers["ratelimit"]).toBe('"address";r=2;t=1');
    expect(await many(3, () => get(app, "/api/v2/ping", key))).toEqual([401, 401, 429]);
    const refused = await get(app, "/api/v2/ping", key);
    expect(refused.body).toMatchObject({ code: "rate_exceeded", retry_after: 1 });
    expect(refused.headers["retry-after"]).toBe("1");
    expect(refused.headers["ratelimit"]).toBe('"address";r=0;t=1');
    expect(refused.body.meta).toMatchObject({ policy: "address", limit: 3, safe_rate_per_s: 2, spent_by: "127.0.0.1" });
    clock.advance(499);
    expect((await get(app, "/api/v2/ping", key)).status).toBe(429);
    clock.advance(1);
    expect(await many(2, () => get(app, "/api/v2/ping", key))).toEqual([401, 429]);
  });

  it("says the same, header by header, to those who ask for a problem document", async () => {
    const { app } = await open(settings);
    await many(3, () => get(app, "/api/v2/ping"));
    const names = async (accept: string) => {
      const headers = { host: "gateway.example", accept };
      const answer = await app.send({ method: "GET", path: "/api/v2/ping", headers, body: "" });
      expect(answer.status).toBe(429);
      return Object.keys(answer.headers).sort();
    };
    expect(await names("application/json")).toEqual(await names("application/problem+json"));
  });

  it("does not lock a good key out for what others do from the same address", async () => {
    const { app } = await open(settings);
    await many(5, () => get(app, "/api/v2/ping"));
    expect(new Set(await many(30, () => ping(app)))).toEqual(new Set([200]));
    expect((await get(app, "/api/v2/ping")).status).toBe(429);
  });

  it("is one for the v2 API and the wire protocol", async () => {
    const { app } = await open(settings);
    const wire = () => get(app, "/payment/status?merchant_key=guessed&invoice=1");
    expect(await many(4, wire)).toEqual([401, 401, 401, 429]);
    expect((await get(app, "/api/v2/ping")).body.code).toBe("rate_exceeded");
    expect((await wire()).body).toMatchObject({ meta: { policy: "address" }, error: expect.anything() });
  });

  it("does not stand before routes that do not exist, nor before buyers, banks and health", async () => {
    const { app } = await open(settings);
    await many(5, () => get(app, "/api/v2/ping"));
    expect((await get(app, "/api/v2/nowhere")).body.code).toBe("route_unknown");
    expect((await get(app, "/health")).status).toBe(200);
    const bank = await app.send({ method: "POST", path: "/fpx/direct", headers: { host: "a" }, body: "a=b" });
    expect(bank.status).toBe(403);
  });
});

describe("the calls of a key that are under way", () => {
  /** Holds up every call that reads payments until it is released. */
  async function holdUp(app: TestApp): Promise<() => Promise<void>> {
    let release = () => {};
    let isHeld = () => {};
    const held = new Promise<void>((resolve) => {
      isHeld = resolve;
    });
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const owner = ownerDb(app.database);
    const over = owner.transaction("payments.change", async (tx) => {
      await tx.query("lock table payments in access exclusive mode");
      isHeld();
      await released;
    });
    await held;
    return async () => {
      release();
      await over;
      await owner.close();
    };
  }

  const waiting = async (app: TestApp) =>
    (
      await app.gateway.db.query(
        "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
      )
    ).length;
  const list = (app: TestApp) => get(app, "/api/v2/payments", app.merchant.apiKey.key);

  it("are no more than its number, and a refusal says so; others' keys have their own", async () => {
    const { app } = await open({ KINETICPAY_KEY_CONCURRENCY: "2" });
    const other = await createMerchant(app.gateway, { name: "B", collectionName: "B", website: "https://b.example" });
    const release = await holdUp(app);
    const held = [list(app), list(app)];
    await until("two calls wait", async () => (await waiting(app)) === 2);
    const refused = await ping(app);
    expect(refused.body).toMatchObject({ status: 429, code: "concurrency_exceeded", retryable: true, retry_after: 1 });
    expect(refused.body.meta).toMatchObject({ policy: "key-concurrency", limit: 2 });
    expect(refused.headers["retry-after"]).toBe("1");
    expect((await ping(app, other.apiKey.key)).status).toBe(200);
    await release();
    expect((await Promise.all(held)).map((answer) => answer.status)).toEqual([200, 200]);
    expect(await many(5, () => ping(app))).toEqual([200, 200, 200, 200, 200]);
  });

  const begin = (app: TestApp, lines: readonly string[]) => {
    const socket = connect(app.port, "127.0.0.1", () =>
      socket.write([...lines, "host: a", `authorization: Bearer ${app.merchant.apiKey.key}`, "", ""].join("\r\n")),
    );
    socket.on("error", () => undefined);
    return socket;
  };

  it("stay counted when the caller hangs up, until the work is done, and not a moment longer", async () => {
    const { app } = await open({ KINETICPAY_KEY_CONCURRENCY: "1" });
    const release = await holdUp(app);
    const socket = begin(app, ["GET /api/v2/payments HTTP/1.1"]);
    await until("the call waits", async () => (await waiting(app)) === 1);
    socket.destroy();
    await new Promise((resolve) => socket.once("close", resolve));
    expect((await ping(app)).body.code).toBe("concurrency_exceeded");
    await release();
    await until("the place is free", async () => (await ping(app)).status === 200);
  });

  it("free their place when the caller hangs up in the middle of the body", async () => {
    const { app } = await open({ KINETICPAY_KEY_CONCURRENCY: "1" });
    const lines = ["POST /api/v2/payments HTTP/1.1", "content-type: application/json", "content-length: 100"];
    const socket = begin(app, lines);
    await until("the place is taken", async () => (await ping(app)).body.code === "concurrency_exceeded");
    socket.destroy();
    await until("the place is free", async () => (await ping(app)).status === 200);
  });

  it("free their place after every refusal", async () => {
    const { app } = await open({ KINETICPAY_KEY_CONCURRENCY: "1" });
    const key = app.merchant.apiKey.key;
    const headers = { host: "a", authorization: `Bearer ${key}`, "content-type": "application/json" };
    for (const body of ["{", "[]", '{"amount":1e999}']) {
      expect((await app.send({ method: "POST", path: "/api/v2/payments", headers, body })).status).toBe(403);
    }
    await alterAccess(app.gateway, "update api_keys set scopes = '{}'");
    expect((await list(app)).body.code).toBe("scope_missing");
    expect((await list(app)).body.code).toBe("scope_missing");
  });
});
