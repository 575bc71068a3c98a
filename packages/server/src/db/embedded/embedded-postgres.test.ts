import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { Client } from "pg";
import { afterEach, expect, test } from "vitest";
import { dataDirectoryIn } from "./data-directory.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import type { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { lockKey } from "./folder-lock.ts";
import { processesIn } from "./process-table.ts";
import { ask, eventually, removeFolder, temporaryFolder } from "./stand-in-gateway.ts";

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await removeFolder(folder);
});

async function newDirectory(): Promise<string> {
  const folder = await temporaryFolder();
  folders.push(folder);
  return path.join(folder, "postgres");
}

test("keeps what was committed from one start to the next, in a folder that is closed to others", async () => {
  const directory = await newDirectory();
  const first = await startEmbeddedPostgres({ directory });
  await ask(first.owner, "create table kept as select 42 as answer");
  await first.stop();
  const second = await startEmbeddedPostgres({ directory });
  const row = await ask(second.owner, "select answer from kept");
  await second.stop();
  expect(row).toEqual({ answer: 42 });
  expect([first.adopted, second.adopted]).toEqual([false, false]);
});

test("writes through to the disk with checksums, whatever the data directory's own settings say", async () => {
  const directory = await newDirectory();
  const first = await startEmbeddedPostgres({ directory });
  await ask({ ...first.owner, user: "postgres" }, "alter system set fsync = off");
  await first.stop();
  const second = await startEmbeddedPostgres({ directory });
  const settings = await ask(
    second.owner,
    `select current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
            current_setting('data_checksums') as data_checksums, current_setting('server_encoding') as encoding,
            current_setting('synchronous_commit') as synchronous_commit,
            (select datlocprovider::text || ' ' || datlocale from pg_database where datname = current_database()) as locale`,
  );
  await second.stop();
  expect(settings).toEqual({
    fsync: "on",
    full_page_writes: "on",
    data_checksums: "on",
    encoding: "UTF8",
    synchronous_commit: "on",
    locale: "b C.UTF-8",
  });
});

test("lets nobody else in: no network listener, closed folders, and no superuser for the gateway", async () => {
  const directory = await newDirectory();
  const database = await startEmbeddedPostgres({ directory });
  const row = await ask(
    database.owner,
    `select current_setting('listen_addresses') as addresses, rolsuper as superuser, rolcreatedb as createdb
       from pg_roles where rolname = current_user`,
  );
  const modes = await Promise.all(
    [directory, database.owner.host, dataDirectoryIn(directory)].map(async (name) => (await stat(name)).mode & 0o777),
  );
  await database.stop();
  expect(row).toEqual({ addresses: "", superuser: false, createdb: true });
  expect(modes).toEqual([0o700, 0o700, 0o700]);
});

test("stops soon when idle, however often it is told to, and leaves no process", async () => {
  const directory = await newDirectory();
  const database = await startEmbeddedPostgres({ directory });
  const begun = performance.now();
  await Promise.all([database.stop(), database.stop()]);
  const tookMs = performance.now() - begun;
  await database.stop();
  await eventually(async () => expect(await processesIn(dataDirectoryIn(directory))).toEqual([]));
  // An idle server stops in tens of milliseconds; a loaded machine is given time before this calls it stuck.
  expect(tookMs).toBeLessThan(5_000);
});

test("starts a killed server again, and serves what was committed before", async () => {
  const directory = await newDirectory();
  const lines: string[] = [];
  const database = await startEmbeddedPostgres({ directory, log: (line) => lines.push(line) });
  await ask(database.owner, "create table kept as select 42 as answer");
  for (let round = 0; round < 2; round++) {
    const { pid } = await serverOf(directory);
    process.kill(pid, "SIGKILL");
    await eventually(async () => expect((await serverOf(directory)).pid).not.toBe(pid));
    expect(await eventually(() => ask(database.owner, "select answer from kept"))).toEqual({ answer: 42 });
    await eventually(async () =>
      expect(lines.filter((line) => line.includes("serving again"))).toHaveLength(round + 1),
    );
  }
  await database.stop();
  expect(await processesIn(dataDirectoryIn(directory))).toEqual([]);
});

test("holds the folder again after a crash of one session has restarted the server's others", async () => {
  const directory = await newDirectory();
  const lines: string[] = [];
  const database = await startEmbeddedPostgres({ directory, log: (line) => lines.push(line) });
  const { pid } = await serverOf(directory);
  const worker = (await processesIn(dataDirectoryIn(directory))).find(({ title }) => title.includes("[local]"));
  process.kill(worker?.pid ?? 0, "SIGKILL");
  await eventually(async () => expect(lines.join("\n")).toContain("serving again"));
  expect((await serverOf(directory)).pid).toBe(pid);
  await expect(startEmbeddedPostgres({ directory })).rejects.toMatchObject({ problem: "in_use" });
  await database.stop();
});

test("stops while its server is being started again", async () => {
  const directory = await newDirectory();
  const database = await startEmbeddedPostgres({ directory });
  process.kill((await serverOf(directory)).pid, "SIGKILL");
  await database.stop();
  await eventually(async () => expect(await processesIn(dataDirectoryIn(directory))).toEqual([]));
});

test("serves under a path that is too long for a socket, at an address that outlives a crash of the server", async () => {
  const directory = path.join(path.dirname(await newDirectory()), "long".repeat(30), "postgres");
  const lines: string[] = [];
  const database = await startEmbeddedPostgres({ directory, log: (line) => lines.push(line) });
  expect(await readdir(directory)).not.toContain("socket");
  expect((await stat(database.owner.host)).mode & 0o777).toBe(0o700);
  process.kill((await serverOf(directory)).pid, "SIGKILL");
  expect(await eventually(() => ask(database.owner, "select 1 as one"))).toEqual({ one: 1 });
  // The server answers a moment before the folder is held again.
  await eventually(async () => expect(lines.join("\n")).toContain("serving again"));
  await expect(startEmbeddedPostgres({ directory })).rejects.toMatchObject({ problem: "in_use" });
  await database.stop();
  await expect(stat(database.owner.host)).rejects.toMatchObject({ code: "ENOENT" });
});

test("says that the folder was lost to another gateway, and then leaves the server to that one", async () => {
  const directory = await newDirectory();
  const lost: EmbeddedPostgresError[] = [];
  const database = await startEmbeddedPostgres({ directory, onLost: (error) => lost.push(error) });
  const rival = new Client({ ...database.owner, user: "postgres", database: "postgres" });
  rival.on("error", () => {});
  await rival.connect();
  const held = rival.query("select pg_advisory_lock($1)", [lockKey]);
  await ask(
    { ...database.owner, user: "postgres" },
    "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted",
  );
  await held;
  await eventually(async () => expect(lost.map(({ problem }) => problem)).toEqual(["in_use"]));
  await database.stop();
  expect((await rival.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  await rival.end();
});

async function serverOf(directory: string): Promise<{ pid: number }> {
  const server = (await processesIn(dataDirectoryIn(directory))).find(({ title }) => !title.startsWith("postgres:"));
  if (!server) throw new Error("no server runs");
  return server;
}
