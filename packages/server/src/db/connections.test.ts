import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { DatabaseUnavailable } from "../seams/database-unavailable.ts";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import type { Db } from "./db.ts";
import { openDb } from "./open-db.ts";

/** A way to the database that can fall silent: everything is taken, and nothing comes out. */
interface Way {
  readonly port: number;
  silent: boolean;
  /** Has the connections that are open now, and no others, fall silent. */
  mute(): void;
  /** Our ends of the connections so far. */
  readonly ends: Set<Socket>;
  close(): void;
}

async function openWay(to: { host: string; port: number }): Promise<Way> {
  const sockets = new Set<Socket>();
  const muted = new Set<Socket>();
  const mute = () => {
    for (const socket of sockets) muted.add(socket);
  };
  const ends = new Set<Socket>();
  const way = { port: 0, silent: false, mute, ends, close: () => undefined as undefined };
  const pass = (from: Socket, towards: Socket) => {
    sockets.add(from);
    from.on("error", () => undefined);
    from.on("data", (piece) => void (way.silent || muted.has(from) || towards.write(piece)));
    from.on("close", () => towards.destroy());
    from.on("end", () => void (way.silent || towards.end()));
  };
  // As a server that is silent, it does not answer a farewell either.
  const server = createServer({ allowHalfOpen: true }, (near) => {
    ends.add(near);
    // A folder names a Unix socket, which lies in it under the port's name.
    const far = connect(`${to.host}/.s.PGSQL.${to.port}`);
    pass(near, far);
    pass(far, near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  way.port = (server.address() as AddressInfo).port;
  way.close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    return undefined;
  };
  return way;
}

let database: TestDatabase;
let way: Way;
let db: Db;
const lost: Error[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  way = await openWay(database.connection);
  const connection = { ...database.connection, host: "127.0.0.1", port: way.port };
  db = openDb({ connection, poolSize: 2, onIdleError: (error) => lost.push(error) });
});
afterEach(() => {
  way.silent = false;
});
afterAll(async () => {
  await db.close();
  way.close();
  await database.drop();
});

const timed = async (work: () => Promise<unknown>) => {
  const began = performance.now();
  const error = await work().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { error, ms: performance.now() - began };
};

it("gives up on a database that falls silent, for what was sent and for what waits; then refuses at once; then goes on", async () => {
  await db.query("select 1");
  way.silent = true;
  const first = await Promise.all([
    timed(() => db.query("select 1")),
    timed(() => db.transaction("payments.change", (tx) => tx.query("select 1"))),
    // There are two connections, so this one waits for one.
    timed(() => db.query("select 1")),
  ]);
  for (const { error, ms } of first) {
    expect(error).toBeInstanceOf(DatabaseUnavailable);
    expect(ms).toBeLessThan(4_000);
  }
  const next = await timed(() => db.query("select 1"));
  expect(next.error).toBeInstanceOf(DatabaseUnavailable);
  expect(next.ms).toBeLessThan(200);
  way.silent = false;
  const back = await timed(async () => {
    while ((await timed(() => db.query("select 1"))).error !== undefined)
      await new Promise((resolve) => setTimeout(resolve, 20));
  });
  expect(back.ms).toBeLessThan(2_000);
}, 20_000);

it("cuts what it had open to a database that fell silent, what rested included, and waits for no farewell", async () => {
  const connection = { ...database.connection, host: "127.0.0.1", port: way.port };
  const resting = openDb({ connection, poolSize: 3, onIdleError: (error) => lost.push(error) });
  const before = new Set(way.ends);
  await Promise.all(Array.from({ length: 3 }, () => resting.query("select pg_sleep(0.05)")));
  const ours = [...way.ends].filter((end) => !before.has(end));
  expect(ours.length).toBeGreaterThanOrEqual(3);
  way.silent = true;
  expect((await timed(() => resting.query("select 1"))).error).toBeInstanceOf(DatabaseUnavailable);
  // Who has cut a connection answers whatever still comes on it with a reset; who waits for a farewell takes it.
  const areCut = () => {
    for (const end of ours) if (!end.destroyed) end.write("N");
    return ours.every((end) => end.destroyed);
  };
  await expect.poll(areCut, { timeout: 3_000 }).toBe(true);
  way.silent = false;
  await resting.close();
}, 20_000);

it("lets a statement that only takes its time go on, and ends it at its limit as something to be tried again", async () => {
  const quick = openDb({
    connection: database.connection,
    poolSize: 2,
    statementMs: 2_500,
    onIdleError: (error) => lost.push(error),
  });
  try {
    expect((await timed(() => quick.query("select pg_sleep(1.8)"))).error).toBeUndefined();
    expect((await timed(() => quick.query("select pg_sleep(3.5)"))).error).toBeInstanceOf(DatabaseUnavailable);
    expect(await quick.query("select 1 as one")).toEqual([{ one: 1 }]);
  } finally {
    await quick.close();
  }
}, 20_000);

it("gives a transaction that asks for it longer than the limit, and only that one", async () => {
  const quick = openDb({
    connection: database.connection,
    poolSize: 1,
    statementMs: 300,
    onIdleError: (error) => lost.push(error),
  });
  const sleeping = (patience?: { statementMs: number }) =>
    timed(() => quick.transaction("verify.prove", (tx) => tx.query("select pg_sleep(2.5)"), patience));
  try {
    // Beyond the server's limit of 0.3 s and beyond the watch's own, which is a second more.
    expect((await sleeping({ statementMs: 20_000 })).error).toBeUndefined();
    expect((await sleeping()).error).toBeInstanceOf(DatabaseUnavailable);
  } finally {
    await quick.close();
  }
}, 30_000);

it("tells the loser of a deadlock to try again", async () => {
  const lock = "select pg_advisory_xact_lock($1)";
  let bothHold: () => void = () => undefined;
  const holding = new Promise<void>((resolve) => {
    bothHold = resolve;
  });
  let count = 0;
  const take = (first: number, second: number) =>
    db.transaction("merchants.create", async (tx) => {
      await tx.query(lock, [first]);
      count += 1;
      if (count === 2) bothHold();
      await holding;
      await tx.query(lock, [second]);
    });
  const results = await Promise.allSettled([take(1, 2), take(2, 1)]);
  const failed = results.filter((each) => each.status === "rejected");
  expect(failed).toHaveLength(1);
  expect(failed[0]?.reason).toBeInstanceOf(DatabaseUnavailable);
});

it("gives up on a connection that died alone, and goes on with others", async () => {
  const connection = { ...database.connection, host: "127.0.0.1", port: way.port };
  const single = openDb({ connection, poolSize: 1, onIdleError: (error) => lost.push(error) });
  try {
    await single.query("select 1");
    way.mute();
    const { error, ms } = await timed(() => single.query("select 1"));
    expect(error).toBeInstanceOf(DatabaseUnavailable);
    // Not the second after which silence is suspected: the database answers, and only this connection does not.
    expect(ms).toBeGreaterThan(3_000);
    expect(ms).toBeLessThan(5_000);
    expect(await single.query("select 1 as one")).toEqual([{ one: 1 }]);
  } finally {
    await single.close();
  }
}, 20_000);
