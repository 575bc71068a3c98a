import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type OwnPostgres, openOwnPostgres } from "../cast/own-postgres.ts";
import { randomFrom } from "../random.ts";
import { type Cut, cuts, cuttingCommits } from "./cut-commits.ts";
import { type FaultProxy, openFaultProxy } from "./fault-proxy.ts";

let postgres: OwnPostgres;
let proxy: FaultProxy;
let share = 0;
const made: Cut[] = [];

beforeAll(async () => {
  postgres = await openOwnPostgres(path.join(await mkdtemp(path.join(tmpdir(), "kp-wire-")), "postgres"));
  await postgres.start();
  await postgres.query("create table kept (id integer primary key, how text)");
  const tap = cuttingCommits({ random: randomFrom(4), share: () => share, onCut: (cut) => made.push(cut) });
  proxy = await openFaultProxy({ port: postgres.port, random: randomFrom(1), tap });
});
afterAll(async () => {
  await proxy.close();
  await postgres.dispose();
});
beforeEach(() => {
  share = 0;
  made.length = 0;
});

async function connected(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: postgres.url(proxy.port) });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

const stored = async (id: number) => (await postgres.query("select 1 from kept where id = $1", [id])).length === 1;

/** Each way in which a client can ask for a commit. */
const ways: readonly { readonly name: string; readonly commit: (client: pg.Client, id: number) => Promise<unknown> }[] =
  [
    {
      name: "a statement alone, prepared under a name",
      commit: (client, id) => client.query({ name: "s1", text: "insert into kept values ($1, 'alone')", values: [id] }),
    },
    {
      name: "a statement alone, that hides in a query",
      commit: (client, id) =>
        client.query("with new as (insert into kept values ($1, 'hidden') returning id) select * from new", [id]),
    },
    {
      name: "the end of a transaction, prepared",
      async commit(client, id) {
        await client.query({ name: "b", text: "begin" });
        await client.query("insert into kept values ($1, 'together')", [id]);
        await client.query({ name: "c", text: "commit" });
      },
    },
    {
      name: "the end of a transaction, as plain text",
      async commit(client, id) {
        await client.query("begin");
        await client.query("insert into kept values ($1, 'plain')", [id]);
        await client.query("commit");
      },
    },
  ];

let nextId = 0;

test.each(ways)("sees $name, and cuts it on every side", async ({ commit }) => {
  for (let round = 0; round < 40; round += 1) {
    nextId += 1;
    const client = await connected();
    const closed = new Promise((resolve) => client.once("end", resolve));
    share = 1;
    await expect(commit(client, nextId)).rejects.toThrow(/ECONNRESET|terminated/);
    share = 0;
    await closed;
    const cut = made.at(-1);
    if (cut === "before it was sent") expect(await stored(nextId)).toBe(false);
    if (cut === "before its answer") expect(await stored(nextId)).toBe(true);
  }
  expect(made).toHaveLength(40);
  expect(new Set(made)).toEqual(new Set(cuts));
});

test("leaves reading alone, and what a transaction does before its end", async () => {
  share = 1;
  const client = await connected();
  nextId += 1;
  await client.query("select * from kept");
  await client.query("begin");
  await client.query("insert into kept values ($1, 'undone')", [nextId]);
  await client.query("rollback");
  expect(made).toEqual([]);
  await client.end();
});
