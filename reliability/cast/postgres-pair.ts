import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { freePort } from "../../acceptance/harness/free-port.ts";
import { until } from "../../acceptance/harness/until.ts";
import { freezeTree, type OwnPostgres, thawTree } from "./own-postgres.ts";

/** A primary and a standby that every commit waits for. What it does as a database, the present primary does. */
export interface PostgresPair extends OwnPostgres {
  readonly version: string;
  /** Kills the primary and promotes the standby. Resolves when the new primary takes writes. */
  failOver(): Promise<void>;
  /** Makes a new standby from the present primary; resolves when every commit waits for it. */
  addStandby(): Promise<void>;
}

/** The programs of Debian's PostgreSQL, which the npm packages do not all bring. */
const programs = [17, 16, 15].map((version) => `/usr/lib/postgresql/${version}/bin`).find((each) => existsSync(each));
const withinMs = 60_000;

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** Debian's package makes an account for it; whoever is not root runs it as himself. */
async function accountFor(): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  const line = (await readFile("/etc/passwd", "utf8")).split("\n").find((each) => each.startsWith("postgres:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  if (uid === undefined) throw new Error("there is no account named postgres to run PostgreSQL as");
  return { uid: Number(uid), gid: Number(gid) };
}

interface Node {
  readonly directory: string;
  readonly port: number;
  process: ChildProcess | undefined;
}

const settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  fsync: "on",
  synchronous_commit: "on",
  max_connections: "100",
  jit: "off",
} as const;

class Pair {
  readonly #root: string;
  readonly #programs: string;
  readonly #account: Account;
  #nodes = 0;
  #primary: Node | undefined;
  #standby: Node | undefined;

  constructor(root: string, from: string, account: Account) {
    this.#root = root;
    this.#programs = from;
    this.#account = account;
  }

  get primary(): Node {
    if (this.#primary === undefined) throw new Error("there is no primary");
    return this.#primary;
  }

  async run(program: string, words: readonly string[]): Promise<string> {
    const options = { ...this.#account, cwd: "/", env: { LC_ALL: "C", TZ: "UTC" } };
    return (await promisify(execFile)(path.join(this.#programs, program), [...words], options)).stdout;
  }

  async #newNode(): Promise<Node> {
    this.#nodes += 1;
    return { directory: path.join(this.#root, `node-${this.#nodes}`), port: await freePort(), process: undefined };
  }

  async makePrimary(): Promise<void> {
    const node = await this.#newNode();
    await this.run("initdb", ["-D", node.directory, "--username=postgres", "--encoding=UTF8", "--locale=C"]);
    const hba = ["host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust", ""].join("\n");
    await writeFile(path.join(node.directory, "pg_hba.conf"), hba);
    this.#primary = node;
    await this.launch(node);
  }

  async launch(node: Node): Promise<void> {
    const all = { ...settings, port: String(node.port) };
    const words = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const options = { ...this.#account, cwd: "/", env: { LC_ALL: "C", TZ: "UTC" }, stdio: "ignore" } as const;
    node.process = spawn(path.join(this.#programs, "postgres"), ["-D", node.directory, ...words], options);
    const isUp = () =>
      this.query(node.port, "select 1").then(
        () => true,
        () => false,
      );
    await until("PostgreSQL to answer", isUp, withinMs);
  }

  async query<T extends pg.QueryResultRow>(port: number, text: string, values: readonly unknown[] = []): Promise<T[]> {
    const place = { host: "127.0.0.1", port, user: "postgres", database: "postgres" };
    const client = new pg.Client({ ...place, connectionTimeoutMillis: 5_000 });
    client.on("error", () => undefined);
    await client.connect();
    try {
      return (await client.query<T>(text, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  async end(node: Node | undefined, signal: NodeJS.Signals): Promise<void> {
    if (node?.process === undefined || node.process.exitCode !== null || node.process.signalCode !== null) return;
    const ended = once(node.process, "exit");
    node.process.kill(signal);
    await ended;
  }

  /** Until there is a standby again a commit waits for nobody, since it would wait for ever. */
  async #waitForStandby(name: string): Promise<void> {
    await this.query(this.primary.port, `alter system set synchronous_standby_names = '${name}'`);
    await this.query(this.primary.port, "select pg_reload_conf()");
  }

  async addStandby(): Promise<void> {
    const node = await this.#newNode();
    const from = ["-h", "127.0.0.1", "-p", String(this.primary.port), "-U", "postgres"];
    // "fast", since an ordinary checkpoint takes its time.
    await this.run("pg_basebackup", [...from, "-D", node.directory, "-R", "-c", "fast", "-X", "stream"]);
    await this.launch(node);
    await this.#waitForStandby("*");
    const isSynchronous = async () => {
      const rows = await this.query<{ sync_state: string }>(
        this.primary.port,
        "select sync_state from pg_stat_replication",
      );
      return rows.some(({ sync_state }) => sync_state === "sync");
    };
    await until("the standby to be synchronous", isSynchronous, withinMs);
    this.#standby = node;
  }

  async failOver(): Promise<void> {
    const standby = this.#standby;
    const old = this.primary;
    if (standby === undefined) throw new Error("there is no standby to promote");
    // SIGQUIT ends every session of it at once, and nothing is written any more.
    await this.end(old, "SIGQUIT");
    await this.query(standby.port, "select pg_promote(true, 30)");
    this.#primary = standby;
    this.#standby = undefined;
    await this.#waitForStandby("");
    await rm(old.directory, { recursive: true, force: true });
  }

  async dispose(): Promise<void> {
    await this.end(this.#standby, "SIGQUIT");
    await this.end(this.#primary, "SIGQUIT");
    await rm(this.#root, { recursive: true, force: true });
  }
}

/** Makes a primary and its standby below a folder. @throws when Debian's PostgreSQL is not there */
export async function openPostgresPair(folder: string): Promise<PostgresPair> {
  if (programs === undefined) throw new Error("install Debian's postgresql: its pg_basebackup makes the standby");
  const account = await accountFor();
  await mkdir(folder, { recursive: true });
  if (account.uid !== undefined && account.gid !== undefined) await chown(folder, account.uid, account.gid);
  // Every folder above must let that account through.
  await chmod(path.dirname(folder), 0o755);
  const pair = new Pair(folder, programs, account);
  await pair.makePrimary();
  await pair.addStandby();
  return {
    version: (await pair.run("postgres", ["--version"])).trim(),
    get port() {
      return pair.primary.port;
    },
    url: (through = pair.primary.port) => `postgres://postgres@127.0.0.1:${through}/postgres`,
    start: async () => undefined,
    isRunning: () => pair.primary.process?.exitCode === null,
    stopImmediately: () => pair.end(pair.primary, "SIGQUIT"),
    freeze: () => freezeTree(pair.primary.process?.pid ?? 0),
    thaw: () => thawTree(pair.primary.process?.pid ?? 0),
    query: (text, values) => pair.query(pair.primary.port, text, values),
    failOver: () => pair.failOver(),
    addStandby: () => pair.addStandby(),
    dispose: () => pair.dispose(),
  };
}
