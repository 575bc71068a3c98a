import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { applicationRoleOf, createDatabase } from "./create-database.ts";
import { clearUnfinished, dataDirectoryIn, prepareFolder } from "./data-directory.ts";
import { EmbeddedPostgresError, errorText } from "./embedded-postgres-error.ts";
import { findServer } from "./postmaster-file.ts";
import type { UserNamespaces } from "./run-as.ts";
import { boundServerLog } from "./server-log.ts";
import { stopServer } from "./server-process.ts";
import { port, removeTemporarySocketDirectory } from "./socket-directory.ts";
import { type Folder, type TakenFolder, takeFolder } from "./take-folder.ts";

/** How to reach the database: the fields of a `pg` client's or pool's configuration. */
export type EmbeddedPostgresConnection = { host: string; port: number; user: string; database: string };

/** A database that runs for as long as this gateway does. */
export type EmbeddedPostgres = {
  /** As who owns the database: for migrations, and for what nobody else may. */
  owner: EmbeddedPostgresConnection;
  /** As who owns nothing. */
  application: EmbeddedPostgresConnection;
  /** Whether its server was already running, left by a gateway that had crashed. */
  adopted: boolean;
  /** Stops the server, after which the folder is free. Does the same however often it is called. */
  stop: () => Promise<void>;
};

/** Both ways into the database behind a socket. */
export function connectionsTo(
  socketDirectory: string,
  database: string,
): Pick<EmbeddedPostgres, "owner" | "application"> {
  const to = { host: socketDirectory, port, database };
  return { owner: { ...to, user: database }, application: { ...to, user: applicationRoleOf(database) } };
}

/** Where the database lives, and who is told. */
export type EmbeddedPostgresOptions = {
  /** The folder that is the database's alone, such as `data/postgres`. It is made when absent. */
  directory: string;
  /** Told in one line of what happens. */
  log?: (line: string) => void;
  /** Told when the folder was lost to another gateway, after which this one must end. */
  onLost?: (error: EmbeddedPostgresError) => void;
  /** For tests of machines that forbid user namespaces. */
  userNamespaces?: UserNamespaces;
};

/** The name of the embedded database, and of the role that owns it. */
export const database = "kineticpay";
const logCheckIntervalMs = 60_000;
const firstDelayMs = 50;
const longestDelayMs = 5_000;
const stableAfterMs = 30_000;

/**
 * Starts the Postgres that comes with the gateway, or adopts the one that a crashed gateway left, and holds the folder
 * against every other gateway. A server that dies is started again for as long as `stop` has not been called.
 * @throws EmbeddedPostgresError when the programs are missing, cannot run, or the folder is another gateway's
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folder: Folder = {
    directory: path.resolve(options.directory),
    database,
    userNamespaces: options.userNamespaces ?? "probe",
    log: options.log ?? (() => {}),
  };
  await prepareFolder(folder.directory);
  const taken = await takeFolder(folder, new AbortController().signal);
  folder.socketDirectory = taken.socketDirectory;
  try {
    const { client, has } = taken.lock;
    if (!has.database || !has.role) await createDatabase(client, database, has);
    await clearUnfinished(folder.directory);
  } catch (error) {
    await stopServer(taken.pid);
    throw error;
  }
  if (taken.adopted) folder.log(`embedded Postgres: adopted process ${taken.pid}, left by an earlier gateway`);
  return {
    ...connectionsTo(taken.socketDirectory, database),
    adopted: taken.adopted,
    stop: supervise(folder, taken, options.onLost ?? (() => {})),
  };
}

/** Keeps the server running and the lock held. The returned function ends both. */
function supervise(
  folder: Folder,
  first: TakenFolder,
  onLost: (error: EmbeddedPostgresError) => void,
): () => Promise<void> {
  const stopping = new AbortController();
  const logCheck = setInterval(() => void boundServerLog(folder.directory), logCheckIntervalMs);
  logCheck.unref();
  const ended = serveUntilStopped(folder, first, stopping.signal, onLost).finally(() => clearInterval(logCheck));
  return () => {
    stopping.abort();
    return ended;
  };
}

async function serveUntilStopped(
  folder: Folder,
  first: TakenFolder,
  signal: AbortSignal,
  onLost: (error: EmbeddedPostgresError) => void,
): Promise<void> {
  const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  let current = first;
  let delayMs = firstDelayMs;
  for (;;) {
    const since = performance.now();
    await Promise.race([current.lock.lost, stopped]);
    if (signal.aborted) return finish(current);
    folder.log(`embedded Postgres: lost the server (process ${current.pid}); taking the folder again`);
    delayMs = performance.now() - since > stableAfterMs ? firstDelayMs : nextDelay(delayMs);
    try {
      const again = await takeAgain(folder, signal, delayMs);
      if (!again) return abandon(folder, current);
      current = again;
    } catch (error) {
      if (!(error instanceof EmbeddedPostgresError)) throw error;
      folder.log(`embedded Postgres: ${error.message}`);
      return onLost(error);
    }
  }
}

/** Undefined when stopped meanwhile. Throws only when another gateway has the folder: everything else may pass. */
async function takeAgain(folder: Folder, signal: AbortSignal, firstWaitMs: number): Promise<TakenFolder | undefined> {
  for (let delayMs = firstWaitMs; !signal.aborted; delayMs = nextDelay(delayMs)) {
    try {
      await sleep(delayMs, undefined, { signal });
      const taken = await takeFolder(folder, signal);
      folder.log(`embedded Postgres: serving again (process ${taken.pid})`);
      return taken;
    } catch (error) {
      if (signal.aborted) break;
      if (error instanceof EmbeddedPostgresError && error.problem === "in_use") throw error;
      folder.log(`embedded Postgres: ${errorText(error)}`);
    }
  }
  return undefined;
}

function nextDelay(delayMs: number): number {
  return Math.min(delayMs * 2, longestDelayMs);
}

/** Stopped while the lock was lost: the server may still be up, in recovery. */
async function abandon(folder: Folder, { pid, socketDirectory }: TakenFolder): Promise<void> {
  if ((await findServer(dataDirectoryIn(folder.directory))) === pid) await stopServer(pid);
  await removeTemporarySocketDirectory(socketDirectory);
}

async function finish({ pid, lock, socketDirectory }: TakenFolder): Promise<void> {
  // The lock is held until the server has gone, so that no other gateway adopts one that is about to stop.
  await stopServer(pid);
  await lock.client.end().catch(() => {});
  await removeTemporarySocketDirectory(socketDirectory);
}
