import { newId } from "@kineticpay/contract/ids";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Writer } from "../db/db.ts";
import { DatabaseUnavailable } from "../seams/database-unavailable.ts";
import { openTestCore, quietLog, type TestCore } from "../testing/test-core.ts";
import type { LoggedCall } from "./logged-call.ts";
import { createRequestLog, defaultLimits } from "./request-log.ts";

let core: TestCore;
beforeAll(async () => {
  core = await openTestCore();
});
afterAll(() => core.close());

let count = 0;
function call(more: Partial<LoggedCall> = {}): LoggedCall {
  const at = more.at ?? new Date();
  const { merchantId, collectionId, keyId } = core.owner;
  count += 1;
  return {
    id: newId("request", at.getTime(), core.gateway.random.bytes(10)),
    at,
    durationMs: 1.5,
    protocol: "v2",
    method: "GET",
    route: "/api/v2/ping",
    path: "/api/v2/ping",
    query: "",
    address: "127.0.0.1",
    owner: { merchantId, collectionId, keyId },
    key: undefined,
    body: undefined,
    bodyBytes: 0,
    status: 200,
    failure: undefined,
    rehearsed: false,
    answer: `{"message":"pong","number":${count}}`,
    ...more,
  };
}

/** A database that does what a test says, and counts. */
function database(behave: (written: number) => Promise<void>): Writer & { calls: number } {
  const db = {
    calls: 0,
    async write<R>() {
      db.calls += 1;
      await behave(db.calls);
      return [] as R[];
    },
  };
  return db;
}

const stored = async () => {
  const rows = await core.gateway.db.query<{ count: number }>(
    "select (select count(*) from request_log) + (select count(*) from request_log_of_strangers) as count",
  );
  return rows[0]?.count ?? 0;
};

/** Looks until something holds; fails when it does not by the deadline. */
async function until(holds: () => boolean, deadlineMs = 5_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error("it did not come about in time");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe("the request log", () => {
  test("has what was noted as soon as it is asked for, in few statements", async () => {
    let statements = 0;
    const db: Writer = {
      write(name, text, values) {
        statements += 1;
        return core.gateway.db.write(name, text, values);
      },
    };
    const log = createRequestLog({ db: db as never, log: quietLog() });
    const before = await stored();
    for (let i = 0; i < 250; i += 1) log.record(call());
    expect(statements).toBe(0);
    await log.settled(5_000);
    expect(await stored()).toBe(before + 250);
    expect(statements).toBe(3);
  });

  test("neither throws nor waits when the database is dead, and remembers no more than it may", async () => {
    const db = database(() => Promise.reject(new DatabaseUnavailable("gone")));
    const log = createRequestLog({ db: db as never, log: quietLog() }, { ...defaultLimits, mostCalls: 300 });
    const started = performance.now();
    for (let i = 0; i < 10_000; i += 1) log.record(call());
    expect(performance.now() - started).toBeLessThan(1_000);
    await log.settled(1_000);
    expect(log.counts()).toMatchObject({ waiting: 300, written: 0, dropped: 9_700 });
    await log.close(50);
  });

  test("holds no more than its bytes, however large bodies and answers are", async () => {
    const db = database(() => new Promise(() => undefined));
    const log = createRequestLog({ db: db as never, log: quietLog() }, { ...defaultLimits, mostBytes: 1_000_000 });
    for (let i = 0; i < 500; i += 1) log.record(call({ bodyBytes: 60_000, answer: "x".repeat(100_000) }));
    // One batch may be on its way; of the rest no more than fits stays.
    expect(log.counts().waiting).toBeLessThanOrEqual(3);
    await log.close(10);
  });

  test("goes on where it stopped when the database is back, and drops the oldest first", async () => {
    let isUp = false;
    const ids: string[] = [];
    const db: Writer = {
      async write(_name, _text, values) {
        if (!isUp) throw new DatabaseUnavailable("gone");
        for (const row of JSON.parse(String(values?.[0])) as { id: string }[]) ids.push(row.id);
        return [];
      },
    };
    const limits = { ...defaultLimits, mostCalls: 5, flushAfterMs: 1, pauseAfterFaultMs: 20 };
    const log = createRequestLog({ db: db as never, log: quietLog() }, limits);
    const calls = Array.from({ length: 8 }, () => call());
    for (const each of calls) log.record(each);
    await log.settled(1_000);
    isUp = true;
    await until(() => ids.length === 5);
    expect(ids).toEqual(calls.slice(3).map((each) => each.id));
    expect(log.counts()).toEqual({ waiting: 0, written: 5, dropped: 3 });
    await log.close(100);
  });

  test("keeps one bad row from taking its batch along", async () => {
    const log = createRequestLog(core.gateway);
    const before = await stored();
    log.record(call());
    log.record(call({ status: 70_000 }));
    log.record(call({ body: { invoice: "a\u0000b" }, bodyBytes: 10 }));
    await log.settled(5_000);
    expect(await stored()).toBe(before + 2);
  });

  test("gives up waiting for a database that hangs", async () => {
    const log = createRequestLog({ db: database(() => new Promise(() => undefined)) as never, log: quietLog() });
    log.record(call());
    const started = performance.now();
    await log.close(100);
    expect(performance.now() - started).toBeLessThan(1_500);
  });

  test("keeps a flood of strangers from filling the disk, and never a merchant's call", async () => {
    const db = database(() => Promise.resolve());
    const limits = { ...defaultLimits, strangersAtOnce: 10, strangersPerSecond: 1 };
    const log = createRequestLog({ db: db as never, log: quietLog() }, limits);
    for (let i = 0; i < 500; i += 1) log.record(call({ owner: undefined, status: 401 }));
    log.record(call());
    await log.settled(1_000);
    expect(log.counts().written).toBeGreaterThanOrEqual(11);
    expect(log.counts().written).toBeLessThanOrEqual(13);
  });

  test("leaves out what comes faster than it may be kept, and counts it, so that it never slows what it logs", async () => {
    const db = database(() => Promise.resolve());
    const log = createRequestLog(
      { db: db as never, log: quietLog() },
      { ...defaultLimits, callsAtOnce: 20, callsPerSecond: 1 },
    );
    let described = 0;
    for (let i = 0; i < 500; i += 1) {
      log.offer(false, () => {
        described += 1;
        return call();
      });
    }
    await log.settled(1_000);
    const { written, dropped } = log.counts();
    expect(written).toBeGreaterThanOrEqual(20);
    expect(written).toBeLessThanOrEqual(22);
    expect([written + dropped, described]).toEqual([500, written]);
  });
});
