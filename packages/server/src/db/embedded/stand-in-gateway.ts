import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Client } from "pg";
import { dataDirectoryIn } from "./data-directory.ts";
import type { EmbeddedPostgresConnection } from "./embedded-postgres.ts";
import { findServer } from "./postmaster-file.ts";
import { stopServer } from "./server-process.ts";

/** For this room's tests: a process of its own that starts the database as a gateway does, and may be killed. */
export type StandInGateway = {
  process: ChildProcess;
  /** What it prints first: that it is ready, or its error. */
  first: Promise<{ ready: boolean; adopted?: boolean; owner?: EmbeddedPostgresConnection; message?: string }>;
  ended: Promise<void>;
};

const here = path.dirname(fileURLToPath(import.meta.url));
const repository = path.resolve(here, "../../../../..");

const program = `
import { startEmbeddedPostgres } from "./embedded-postgres.js";
const print = (line) => process.stdout.write(JSON.stringify(line) + "\\n");
try {
  const { owner, adopted, stop } = await startEmbeddedPostgres(JSON.parse(process.argv[2]));
  process.on("SIGTERM", () => stop().then(() => process.exit(0)));
  process.on("SIGINT", () => {});
  print({ ready: true, adopted, owner });
} catch (error) {
  print({ ready: false, message: error.message });
  process.exit(1);
}
`;

/** Compiles the room once, since the oldest Node we support does not run TypeScript. Remove the folder afterwards. */
export async function compileStandIn(): Promise<string> {
  const folder = path.join(repository, "node_modules/.cache", `embedded-postgres-${randomUUID()}`);
  const options =
    "--ignoreConfig --noCheck --target es2023 --module nodenext --types node --rewriteRelativeImportExtensions";
  const tsc = path.join(repository, "node_modules/typescript/bin/tsc");
  const source = path.join(here, "embedded-postgres.ts");
  await promisify(execFile)(process.execPath, [tsc, ...options.split(" "), "--outDir", folder, source], {
    cwd: repository,
  });
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "package.json"), '{"type":"module"}');
  await writeFile(path.join(folder, "stand-in.js"), program);
  return folder;
}

/** Starts a stand-in on a folder. `wrapper` goes before its command, such as one that takes rights away. */
export function startStandIn(compiled: string, options: object, wrapper: readonly string[] = []): StandInGateway {
  const [command = process.execPath, ...args] = [
    ...wrapper,
    process.execPath,
    path.join(compiled, "stand-in.js"),
    JSON.stringify(options),
  ];
  // A process group of its own, so that a test can signal the group as a terminal does.
  const child = spawn(command, args, { detached: true, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const first = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).once("line", resolve);
    void ended.then(() => setTimeout(() => reject(new Error("the stand-in ended without a word")), 500));
  });
  return { process: child, first: first.then((line) => JSON.parse(line)), ended };
}

/** A temporary folder for one database, closed to other users unless its parent says otherwise. */
export async function temporaryFolder(parent = os.tmpdir()): Promise<string> {
  return mkdtemp(path.join(parent, "kineticpay-test-"));
}

/** Ends the server that a test may have left in `<folder>/postgres`, and removes the folder. */
export async function removeFolder(folder: string): Promise<void> {
  const server = await findServer(dataDirectoryIn(path.join(folder, "postgres")));
  if (server !== undefined) await stopServer(server);
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

/** Asks one question over a connection of its own, and answers with the first row. */
export async function ask(connection: EmbeddedPostgresConnection, sql: string): Promise<Record<string, unknown>> {
  const client = new Client(connection);
  client.on("error", () => {});
  try {
    await client.connect();
    return (await client.query(sql)).rows[0] ?? {};
  } finally {
    await client.end();
  }
}

/** Repeats an attempt until it succeeds; after ten seconds its last error is thrown. */
export async function eventually<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(20);
    }
  }
}
