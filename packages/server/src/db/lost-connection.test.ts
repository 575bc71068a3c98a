import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DatabaseUnavailable } from "../seams/database-unavailable.ts";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import type { Db } from "./db.ts";
import { openDb } from "./open-db.ts";

let database: TestDatabase;
let db: Db;
let other: pg.Client;
const lost: Error[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  db = openDb({ connection: database.connection, poolSize: 3, onIdleError: (error) => lost.push(error) });
  other = new pg.Client(database.connection);
  await other.connect();
});
afterAll(async () => {
  await other.end();
  await db.close();
  await database.drop();
});

const backend = async (on: Pick<Db, "query">) =>
  (await on.query<{ pid: number }>("select pg_backend_pid() as pid"))[0]?.pid;
const endBackend = (pid: number | undefined) => other.query("select pg_terminate_backend($1)", [pid]);

it("survives the loss of a connection in the midst of a transaction, says that the database is away, and connects anew", async () => {
  // An error event without a listener would end this process, and the run would tell of an uncaught one.
  const work = db.transaction("payments.settle", async (tx) => {
    await endBackend(await backend(tx));
    await expect.poll(() => lost.length).toBeGreaterThan(0);
    return tx.query("select 1");
  });
  await expect(work).rejects.toBeInstanceOf(DatabaseUnavailable);
  expect(await db.query("select 1 as one")).toEqual([{ one: 1 }]);
});

it("survives the loss of a connection that nobody uses", async () => {
  const before = lost.length;
  await endBackend(await backend(db));
  await expect.poll(() => lost.length).toBeGreaterThan(before);
  expect(await db.transaction("payments.settle", (tx) => tx.query("select 1 as one"))).toEqual([{ one: 1 }]);
});

it("keeps nothing of a transaction whose connection was lost before its end", async () => {
  const owner = new pg.Client(database.owner);
  await owner.connect();
  await owner.query("create table kept (id integer); grant select, insert on kept to public");
  await owner.end();
  const work = db.transaction("payments.settle", async (tx) => {
    await tx.query("insert into kept values (1)");
    await endBackend(await backend(tx));
  });
  await expect(work).rejects.toBeInstanceOf(DatabaseUnavailable);
  expect(await db.query("select id from kept")).toEqual([]);
});

it("gives nobody a connection on which another's transaction has not ended, since a statement of it came to its limit", async () => {
  const single = openDb({
    connection: database.connection,
    poolSize: 1,
    statementMs: 200,
    onIdleError: () => undefined,
  });
  try {
    const first = await backend(single);
    const work = single.transaction("payments.settle", (tx) => tx.query("select pg_sleep(5)"));
    await expect(work).rejects.toBeInstanceOf(DatabaseUnavailable);
    expect(await single.query("select txid_current_if_assigned() is null as fresh")).toEqual([{ fresh: true }]);
    expect(await backend(single)).not.toBe(first);
  } finally {
    await single.close();
  }
});
