import { afterEach, describe, expect, it } from "vitest";
import { openRedisPeer, type PeerBehaviour } from "../testing/redis-peer.ts";
import { hasRedisServer, openRedisServer } from "../testing/redis-server.ts";
import { quietLog } from "../testing/test-core.ts";
import { openSharedLimits, type SharedLimits } from "./shared-limits.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`it did not come to pass in time that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

interface Asked {
  readonly ratePerS?: number;
  readonly burst?: number;
  readonly concurrency?: number;
  readonly patienceMs?: number;
}

/** As a process of the gateway has it, connected. */
async function openProcess(url: string, asked: Asked = {}): Promise<SharedLimits> {
  const key = { ratePerS: asked.ratePerS ?? 1, burst: asked.burst ?? 10 };
  const address = { ratePerS: 1, burst: 5 };
  const { concurrency = 100 } = asked;
  const patience = asked.patienceMs === undefined ? {} : { patienceMs: asked.patienceMs };
  const shared = openSharedLimits({ url, key, concurrency, address, log: quietLog(), ...patience });
  closing.push(() => shared.close());
  await until("the process is connected", () => shared.isConnected);
  return shared;
}

async function openPeer() {
  const peer = await openRedisPeer();
  closing.push(() => peer.close());
  return peer;
}

describe("a Redis that fails", () => {
  it.each<[PeerBehaviour]>([["silent"], ["late"], ["nonsense"], ["hang-up"]])(
    "costs one call a moment when it turns %s, and the next ones nothing",
    async (behaviour) => {
      const peer = await openPeer();
      const shared = await openProcess(peer.url);
      expect(await shared.take("key_1", "call")).toEqual({ refusedBy: undefined, remaining: 7 });
      peer.behave(behaviour);
      const started = performance.now();
      expect(await shared.take("key_1", "call")).toBeUndefined();
      expect(performance.now() - started).toBeLessThan(1_000);
      // Not one of these waits for anything but its turn: all are answered before a timer can fire.
      let isTimeUp = false;
      setImmediate(() => {
        isTimeUp = true;
      });
      for (let i = 0; i < 100; i += 1) expect(await shared.take("key_1", "call")).toBeUndefined();
      expect(isTimeUp).toBe(false);
      expect(shared.isConnected).toBe(false);
    },
  );

  it("is asked again by itself once it answers again", async () => {
    const peer = await openPeer();
    const shared = await openProcess(peer.url);
    peer.behave("silent");
    await shared.take("key_1", "call");
    peer.behave("answer");
    await until("Redis is asked again", () => shared.isConnected);
    expect(await shared.take("key_1", "call")).toEqual({ refusedBy: undefined, remaining: 7 });
  });

  it("hears of the calls that ended while it was away, so that they do not stay counted", async () => {
    const peer = await openPeer();
    const shared = await openProcess(peer.url);
    await shared.take("key_1", "call_7");
    peer.behave("hang-up");
    await until("the loss is noticed", () => !shared.isConnected);
    shared.leave("key_1", "call_7");
    peer.behave("answer");
    await until("the end of the call is told", () =>
      peer.runs.some((run) => run.at(-1) === "call_7" && run.length === 5),
    );
  });

  it("does no harm when it was never there", async () => {
    const peer = await openPeer();
    await peer.close();
    const log = quietLog();
    const shared = openSharedLimits({
      url: peer.url,
      key: { ratePerS: 1, burst: 1 },
      concurrency: 1,
      address: { ratePerS: 1, burst: 1 },
      log,
    });
    closing.push(() => shared.close());
    expect(await shared.take("key_1", "call")).toBeUndefined();
    expect(await shared.charge("203.0.113.7")).toBeUndefined();
  });
});

/** What only a real one can show; CI has one. */
const servers = hasRedisServer() ? ["redis-server"] : [];

describe.each(servers)("two processes that share a %s", () => {
  async function openServer() {
    const server = await openRedisServer();
    closing.push(() => server.kill());
    return server;
  }

  /** Where it is the counting that matters, and not how fast this machine is. */
  const patient = { patienceMs: 5_000 };

  it("give a key one burst between them, and its rate, to the token", async () => {
    const { url } = await openServer();
    const [one, two] = [await openProcess(url, patient), await openProcess(url, patient)];
    const answers = [];
    for (let i = 0; i < 7; i += 1)
      answers.push(await one.take("key_1", `one-${i}`), await two.take("key_1", `two-${i}`));
    const admitted = answers.filter((answer) => answer?.refusedBy === undefined);
    // Ten, and one more for each second that this machine may have taken over it.
    expect(admitted.length).toBeGreaterThanOrEqual(10);
    expect(admitted.length).toBeLessThanOrEqual(12);
    expect(answers[0]).toEqual({ refusedBy: undefined, remaining: 9 });
    expect(answers.at(-1)).toEqual({ refusedBy: "rate", remaining: 0 });
  });

  it("count the calls under way together, and free a place when its call is over", async () => {
    const { url } = await openServer();
    const [one, two] = [
      await openProcess(url, { ...patient, concurrency: 2 }),
      await openProcess(url, { ...patient, concurrency: 2 }),
    ];
    await one.take("key_1", "a");
    await two.take("key_1", "b");
    expect(await one.take("key_1", "c")).toMatchObject({ refusedBy: "concurrency" });
    expect(await one.take("key_2", "d")).toMatchObject({ refusedBy: undefined });
    two.leave("key_1", "b");
    expect(await two.take("key_1", "e")).toMatchObject({ refusedBy: undefined });
  });

  it("tell how a key stands with all of them, and count nothing by telling it", async () => {
    const { url } = await openServer();
    const [one, two] = [await openProcess(url, patient), await openProcess(url, patient)];
    expect(await one.look("key_1")).toEqual({ remaining: 10, inFlight: 0 });
    await one.take("key_1", "a");
    await two.take("key_1", "b");
    const expected = { remaining: expect.toSatisfy((left: number) => left >= 8 && left <= 10), inFlight: 2 };
    for (const each of [one, two, one]) expect(await each.look("key_1")).toEqual(expected);
    one.leave("key_1", "a");
    expect(await two.look("key_1")).toMatchObject({ inFlight: 1 });
  });

  it("know of each other's calls without a key", async () => {
    const { url } = await openServer();
    const [one, two] = [await openProcess(url, patient), await openProcess(url, patient)];
    expect(await one.charge("203.0.113.7")).toBe(4);
    expect(await two.charge("203.0.113.7")).toBe(3);
    expect(await two.charge("203.0.113.8")).toBe(4);
  });

  it("refuse nobody because it was emptied, killed, frozen or had its scripts taken away", async () => {
    const server = await openServer();
    const shared = await openProcess(server.url, { burst: 1 });
    const admits = async () => (await shared.take("key_1", "call"))?.refusedBy === undefined;
    expect(await admits()).toBe(true);
    await server.command("FLUSHALL");
    expect(await admits()).toBe(true);
    await server.command("SCRIPT FLUSH");
    expect(await admits()).toBe(true);
    await until("Redis is asked again", () => shared.isConnected);
    server.freeze();
    expect(await admits()).toBe(true);
    expect(await admits()).toBe(true);
    server.thaw();
    await until("Redis is asked again", () => shared.isConnected);
    await server.kill();
    expect(await admits()).toBe(true);
    await server.restart();
    await until("Redis is asked again", () => shared.isConnected);
    await until("it counts again", async () => (await shared.take("key_9", "call"))?.refusedBy === "rate");
  });
});
