import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { locateBinaries } from "@kineticpay/server/db/embedded/binaries";
import { dataDirectoryIn, initialise } from "@kineticpay/server/db/embedded/data-directory";
import { chooseRunAs, type RunAs } from "@kineticpay/server/db/embedded/run-as";
import pg from "pg";
import { freePort } from "../../acceptance/harness/free-port.ts";
import { until } from "../../acceptance/harness/until.ts";

/** A Postgres that a gateway reaches through `DATABASE_URL`, to be stopped, crashed and frozen. It listens on loopback. */
export interface OwnPostgres {
  readonly port: number;
  /** @param port another one, such as a proxy's */
  url(port?: number): string;
  start(): Promise<void>;
  isRunning(): boolean;
  /** As `pg_ctl stop -m immediate`: no session is finished and nothing is written; the next start recovers. */
  stopImmediately(): Promise<void>;
  /** SIGSTOP for the server and all of its sessions. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Runs one statement, on a connection of its own. */
  query<T extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<T[]>;
  /** Stops it and removes its folder. */
  dispose(): Promise<void>;
}

const database = "postgres";
const user = "postgres";
const readyWithinMs = 60_000;

/** The processes whose parent is this one. */
async function childrenOf(parent: number): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    // The second field is the program's name in brackets, which may hold anything.
    const [, parentId] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (Number(parentId) === parent) found.push(Number(name));
  }
  return found;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // A session may have ended meanwhile.
  }
}

/** Stops a server and all of its sessions where they are. */
export async function freezeTree(parent: number): Promise<void> {
  // The parent first, so that it starts no session that would be missed.
  signal(parent, "SIGSTOP");
  for (const session of await childrenOf(parent)) signal(session, "SIGSTOP");
}

export async function thawTree(parent: number): Promise<void> {
  for (const session of await childrenOf(parent)) signal(session, "SIGCONT");
  signal(parent, "SIGCONT");
}

async function make(directory: string): Promise<{ binary: string; runAs: RunAs }> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const binaries = await locateBinaries();
  const runAs = await chooseRunAs(directory, binaries.postgres, "probe");
  await initialise(directory, binaries, runAs);
  return { binary: binaries.postgres, runAs };
}

function launch(directory: string, port: number, { binary, runAs }: { binary: string; runAs: RunAs }): ChildProcess {
  const settings = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    hba_file: path.join(directory, "hba.conf"),
    fsync: "on",
    synchronous_commit: "on",
    full_page_writes: "on",
    jit: "off",
    max_connections: 100,
  };
  const words = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const [command = binary, ...rest] = [...runAs.wrapper, binary, "-D", dataDirectoryIn(directory), ...words];
  const log = openSync(path.join(directory, "log"), "a");
  const child = spawn(command, rest, {
    ...runAs.identity,
    cwd: "/",
    env: { LC_ALL: "C", TZ: "UTC" },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  return child;
}

/** Makes a Postgres in a folder of its own; `start` starts it. */
export async function openOwnPostgres(directory: string): Promise<OwnPostgres> {
  const made = await make(directory);
  await writeFile(path.join(directory, "hba.conf"), "host all all 127.0.0.1/32 trust\n");
  const port = await freePort();
  let child: ChildProcess | undefined;
  const pid = () => child?.pid ?? 0;
  const end = async (name: NodeJS.Signals) => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(name);
    await ended;
  };
  const query = async <T extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<T[]> => {
    const client = new pg.Client({ host: "127.0.0.1", port, user, database, connectionTimeoutMillis: 5_000 });
    client.on("error", () => undefined);
    await client.connect();
    try {
      return (await client.query<T>(text, [...values])).rows;
    } finally {
      await client.end();
    }
  };
  return {
    port,
    url: (through = port) => `postgres://${user}@127.0.0.1:${through}/${database}`,
    async start() {
      child = launch(directory, port, made);
      const isUp = () =>
        query("select 1").then(
          () => true,
          () => false,
        );
      await until("Postgres to answer", isUp, readyWithinMs);
    },
    isRunning: () => child !== undefined && child.exitCode === null && child.signalCode === null,
    stopImmediately: () => end("SIGQUIT"),
    freeze: () => freezeTree(pid()),
    thaw: () => thawTree(pid()),
    query,
    async dispose() {
      await end("SIGINT");
      await rm(directory, { recursive: true, force: true });
    },
  };
}
