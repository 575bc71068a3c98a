import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { DatabaseUnavailable } from "../seams/database-unavailable.ts";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { type Db, openDb } from "./db.ts";

/** A way to the database that can fall silent: everything is taken, and nothing comes out. */
interface Way {
  readonly port: number;
  silent: boolean;
  close(): void;
}

async function openWay(to: { host: string; port: number }): Promise<Way> {
  const sockets = new Set<Socket>();
  const way = { port: 0, silent: false, close: () => undefined as undefined };
  const pass = (from: Socket, towards: Socket) => {
    sockets.add(from);
    from.on("error", () => undefined);
    from.on("data", (piece) => void (way.silent || towards.write(piece)));
    from.on("close", () => towards.destroy());
  };
  const server = createServer((near) => {
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

it("tells the loser of a deadlock to try again", async () => {
  const insert = "insert into merchants (id, name, created_at) values ($1, 'Kedai Ujian', now())";
  for (const id of ["m1", "m2"]) await db.write("merchants.create", insert, [id]);
  const lock = "select 1 from merchants where id = $1 for update";
  let bothHold: () => void = () => undefined;
  const holding = new Promise<void>((resolve) => {
    bothHold = resolve;
  });
  let count = 0;
  const take = (first: string, second: string) =>
    db.transaction("merchants.create", async (tx) => {
      await tx.query(lock, [first]);
      count += 1;
      if (count === 2) bothHold();
      await holding;
      await tx.query(lock, [second]);
    });
  const results = await Promise.allSettled([take("m1", "m2"), take("m2", "m1")]);
  const failed = results.filter((each) => each.status === "rejected");
  expect(failed).toHaveLength(1);
  expect(failed[0]?.reason).toBeInstanceOf(DatabaseUnavailable);
});
