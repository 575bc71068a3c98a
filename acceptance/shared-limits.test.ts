import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { send } from "./harness/api.ts";
import { type Fleet, startFleet, unhurried } from "./harness/fleet.ts";
import { keepCalling } from "./harness/load.ts";
import { hasRedis, type Redis, startRedis } from "./harness/redis.ts";
import { until } from "./harness/until.ts";

const processes = 4;
const ratePerS = 2;
/** Few, so that not many answers of Redis have to come in time for all of it to be counted together. */
const burst = 8;
/** A machine as busy as one that runs tests lets Redis answer in time only now and then. */
const patienceMs = 50_000;

/** What only a real one can show; CI has one. */
const servers = hasRedis() ? ["Redis"] : [];

describe.each(servers)(`${processes} processes that share a %s`, () => {
  let redis: Redis;
  let fleet: Fleet;
  beforeAll(async () => {
    redis = await startRedis();
    const settings = {
      ...unhurried,
      REDIS_URL: redis.url,
      KINETICPAY_KEY_RATE: String(ratePerS),
      KINETICPAY_KEY_BURST: String(burst),
      // Redis is missed in one of these tests; that need not be told.
      KINETICPAY_LOG_LEVEL: "error",
    };
    fleet = await startFleet(["all", "all", "all", "all"], { settings });
  });
  afterAll(async () => {
    await fleet?.dispose();
    await redis?.kill();
  });

  async function newKey(): Promise<string> {
    const made = await until("a key to be made within the limits of the one that makes it", async () => {
      const answer = await fleet.first.api.call<{ key: string }>("POST", "/api/v2/api_keys", { name: "limited" });
      return answer.status === 200 && answer.body;
    });
    return made.key;
  }

  async function ask(url: string, key: string): Promise<string> {
    const answer = await send<{ code?: string }>(`${url}/api/v2/ping`, { headers: { authorization: `Bearer ${key}` } });
    return answer.status === 200 ? "200" : (answer.body.code ?? String(answer.status));
  }

  test("give a key one burst and one rate between them", async () => {
    // A process that has no answer of Redis in time counts alone for a moment, on a machine as busy as one that runs
    // tests; that is promised too. Processes that never shared would give each attempt as many bursts as there are.
    const admitted = await until(
      "an attempt that all processes counted together",
      async () => {
        const key = await newKey();
        const began = performance.now();
        const outcomes: string[] = [];
        for (let call = 0; call < burst * 2; call += 1) {
          outcomes.push(await ask(fleet.urls[call % processes] ?? "", key));
        }
        const most = burst + Math.ceil(((performance.now() - began) / 1_000) * ratePerS);
        const count = outcomes.filter((outcome) => outcome === "200").length;
        expect(outcomes.filter((outcome) => outcome !== "200" && outcome !== "rate_exceeded")).toEqual([]);
        return count <= most && count;
      },
      patienceMs,
    );
    expect(admitted).toBeGreaterThanOrEqual(burst);
  }, 60_000);

  test("refuse nobody when it dies, and go on serving each by its own count", async () => {
    const key = await newKey();
    const load = keepCalling(fleet.urls, 3, (url) => ask(url, key));
    try {
      await until("every process to have served the key", () =>
        fleet.urls.every((url) => load.knocks.some((knock) => knock.url === url && knock.outcome === "200")),
      );
      await redis.kill();
      const diedMs = performance.now();
      const since = (url: string) => load.knocks.filter((knock) => knock.url === url && knock.sentMs > diedMs);
      // Each has a burst of its own to give now.
      await until("every process to serve the key by its own count", () =>
        fleet.urls.every((url) => since(url).filter((knock) => knock.outcome === "200").length >= burst / 2),
      );
    } finally {
      await load.stop();
    }
    const others = load.knocks.filter(({ outcome }) => outcome !== "200" && outcome !== "rate_exceeded");
    expect(others).toEqual([]);
  });
});
