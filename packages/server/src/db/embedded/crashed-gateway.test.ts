import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { dataDirectoryIn } from "./data-directory.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import { findServer } from "./postmaster-file.ts";
import { isAlive } from "./process-table.ts";
import {
  ask,
  compileStandIn,
  eventually,
  removeFolder,
  type StandInGateway,
  startStandIn,
  temporaryFolder,
} from "./stand-in-gateway.ts";

let compiled: string;
const folders: string[] = [];
const processes: ChildProcess[] = [];

beforeAll(async () => {
  compiled = await compileStandIn();
});

afterAll(() => rm(compiled, { recursive: true, force: true }));

afterEach(async () => {
  for (const child of processes.splice(0)) child.kill("SIGKILL");
  for (const folder of folders.splice(0)) await removeFolder(folder);
});

async function newDirectory(): Promise<string> {
  const folder = await temporaryFolder();
  folders.push(folder);
  return path.join(folder, "postgres");
}

function standIn(directory: string): StandInGateway {
  const gateway = startStandIn(compiled, { directory });
  gateway.first.catch(() => {});
  processes.push(gateway.process);
  return gateway;
}

/** A folder whose gateway was killed after it had committed a row. Its server runs on. */
async function crashedFolder(): Promise<{ directory: string; server: number }> {
  const directory = await newDirectory();
  const gateway = standIn(directory);
  const { owner } = await gateway.first;
  if (!owner) throw new Error("the stand-in did not start");
  await ask(owner, "create table kept as select 42 as answer");
  gateway.process.kill("SIGKILL");
  await gateway.ended;
  return { directory, server: (await findServer(dataDirectoryIn(directory))) ?? 0 };
}

async function killServer(pid: number): Promise<void> {
  process.kill(pid, "SIGKILL");
  await eventually(async () => expect(await isAlive(pid)).toBe(false));
}

async function expectServes(directory: string): Promise<boolean> {
  const database = await startEmbeddedPostgres({ directory });
  expect(await ask(database.owner, "select answer from kept")).toEqual({ answer: 42 });
  await database.stop();
  expect(await findServer(dataDirectoryIn(directory))).toBeUndefined();
  return database.adopted;
}

test("adopts the server that a killed gateway left, and stops it in the end", async () => {
  const { directory, server } = await crashedFolder();
  expect(await isAlive(server)).toBe(true);
  expect(await expectServes(directory)).toBe(true);
  expect(await isAlive(server)).toBe(false);
});

test("recovers what was committed when gateway and server were both killed", async () => {
  const { directory, server } = await crashedFolder();
  await killServer(server);
  expect(await expectServes(directory)).toBe(false);
});

test("starts although the lock file names a process that is another program's by now", async () => {
  const { directory, server } = await crashedFolder();
  const file = path.join(dataDirectoryIn(directory), "postmaster.pid");
  const text = await readFile(file, "utf8");
  await killServer(server);
  const other = spawn("sleep", ["600"]);
  processes.push(other);
  await writeFile(file, text.replace(/^\d+/, String(other.pid)));
  expect(await expectServes(directory)).toBe(false);
  expect(await isAlive(other.pid ?? 0)).toBe(true);
});

test("starts although the lock file names a process that ended and was never reaped", async () => {
  const { directory, server } = await crashedFolder();
  const file = path.join(dataDirectoryIn(directory), "postmaster.pid");
  const text = await readFile(file, "utf8");
  await killServer(server);
  // The shell's child ends after the shell has become a program that does not look after children.
  const parent = spawn("sh", ["-c", "sleep 0.2 & echo $!; exec sleep 600"]);
  processes.push(parent);
  const zombie = await new Promise<number>((resolve) =>
    createInterface({ input: parent.stdout }).once("line", (line) => resolve(Number(line))),
  );
  await eventually(async () => expect(await isAlive(zombie)).toBe(false));
  process.kill(zombie, 0);
  await writeFile(file, text.replace(/^\d+/, String(zombie)));
  expect(await expectServes(directory)).toBe(false);
});

test("serves after a gateway was killed at any moment of its start, and clears interrupted inits", async () => {
  const directory = await newDirectory();
  for (const afterMs of [80, 200, 350, 500, 650, 800, 120, 140, 160, 180]) {
    const gateway = standIn(directory);
    await Promise.race([sleep(afterMs), gateway.ended]);
    gateway.process.kill("SIGKILL");
    await gateway.ended;
    const left = await findServer(dataDirectoryIn(directory));
    // Now and then the server is killed too, so that the next start finds a recovery to do, or is killed within one.
    if (afterMs < 200 && left !== undefined) await killServer(left);
  }
  await mkdir(path.join(directory, "cluster.init-interrupted/base"), { recursive: true });
  const database = await startEmbeddedPostgres({ directory });
  expect(await ask(database.owner, "select 1 as one")).toEqual({ one: 1 });
  expect((await readdir(directory)).filter((name) => name.startsWith("cluster"))).toEqual(["cluster"]);
  await database.stop();
});

test("replaces an idle server whose socket was deleted", async () => {
  const { directory, server } = await crashedFolder();
  await rm(path.join(directory, "socket"), { recursive: true });
  expect(await expectServes(directory)).toBe(false);
  expect(await isAlive(server)).toBe(false);
});

test("does not take the server of the folder it was copied from for its own", async () => {
  const { directory, server } = await crashedFolder();
  const copy = await newDirectory();
  await cp(directory, copy, { recursive: true, filter: (name) => !name.includes(".s.PGSQL") });
  expect(await expectServes(copy)).toBe(false);
  expect(await isAlive(server)).toBe(true);
});

test("lets the gateway finish its work on the database after Ctrl-C in its terminal", async () => {
  const directory = await newDirectory();
  const gateway = standIn(directory);
  const { owner } = await gateway.first;
  if (!owner) throw new Error("the stand-in did not start");
  const client = new Client(owner);
  client.on("error", () => {});
  await client.connect();
  const slow = client.query("select pg_sleep(0.5)");
  // The terminal signals the whole group; this gateway takes its time, and only SIGTERM makes it stop.
  process.kill(-(gateway.process.pid ?? 0), "SIGINT");
  await slow;
  await client.end();
  process.kill(-(gateway.process.pid ?? 0), "SIGTERM");
  await gateway.ended;
  expect(gateway.process.exitCode).toBe(0);
  expect(await findServer(dataDirectoryIn(directory))).toBeUndefined();
});

test("refuses a second gateway by naming folder and holder, and leaves the first one serving", async () => {
  const directory = await newDirectory();
  const first = standIn(directory);
  const { owner } = await first.first;
  const second = await standIn(directory).first;
  expect(second.message).toContain(directory);
  expect(second.message).toContain(`process ${first.process.pid} `);
  if (!owner) throw new Error("the stand-in did not start");
  expect(await ask(owner, "select 1 as one")).toEqual({ one: 1 });
});

test("lets exactly one of several gateways have an empty folder they race for", async () => {
  const directory = await newDirectory();
  const gateways = [standIn(directory), standIn(directory), standIn(directory)];
  const answers = await Promise.all(gateways.map((gateway) => gateway.first));
  expect(answers.filter(({ ready }) => ready)).toHaveLength(1);
  for (const { ready, message } of answers) if (!ready) expect(message).toContain("in use by another gateway");
  const winner = answers.find(({ ready }) => ready)?.owner;
  if (!winner) throw new Error("none started");
  expect(await ask(winner, "select 1 as one")).toEqual({ one: 1 });
});
