import { setTimeout as sleep } from "node:timers/promises";
import { type Binaries, locateBinaries } from "./binaries.ts";
import { clearLeftovers } from "./clear-leftovers.ts";
import { dataDirectoryIn, initialise, isInitialised } from "./data-directory.ts";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { type FolderLock, type LockAttempt, tryFolderLock } from "./folder-lock.ts";
import { findServer } from "./postmaster-file.ts";
import { chooseRunAs, type UserNamespaces } from "./run-as.ts";
import { startServer, stopServer, wasStartedLike } from "./server-process.ts";
import { findSocketDirectory, prepareSocketDirectory, removeTemporarySocketDirectory } from "./socket-directory.ts";

/** A folder to be taken, and what must be known for it. */
export type Folder = {
  directory: string;
  database: string;
  userNamespaces: UserNamespaces;
  log: (line: string) => void;
  /** The socket's folder, once known. It stays the same for as long as this gateway runs. */
  socketDirectory?: string;
};

/** A folder that is ours: its server runs, and its lock is held. `adopted`: somebody else had started the server. */
export type TakenFolder = { pid: number; socketDirectory: string; lock: FolderLock; adopted: boolean };

const notReadyLimitMs = 10 * 60_000;
const pollIntervalMs = 10;

/**
 * Ends with a running server whose lock we hold: the one that is there, or one that it starts.
 * @throws EmbeddedPostgresError, or the signal's reason when aborted; then no server is left that this call started
 */
export async function takeFolder(folder: Folder, signal: AbortSignal): Promise<TakenFolder> {
  const binaries = await locateBinaries();
  const begun = performance.now();
  let started: number | undefined;
  let quietSince = begun;
  for (;;) {
    if (signal.aborted && started !== undefined) await stopServer(started);
    signal.throwIfAborted();
    const socketDirectory = folder.socketDirectory ?? (await findSocketDirectory(folder.directory));
    const attempt = await knock(folder, socketDirectory);
    if (attempt.outcome === "locked" && socketDirectory) {
      const taken = await settle(folder, binaries, socketDirectory, attempt.lock, started);
      if (taken) return taken;
    }
    if (attempt.outcome !== "not_listening") quietSince = performance.now();
    else if ((await clearLeftovers(dataDirectoryIn(folder.directory), performance.now() - quietSince)) === "clear") {
      if (started !== undefined)
        throw new EmbeddedPostgresError("start", `Postgres in ${folder.directory} ended at once.`);
      started = await launch(folder, binaries, signal);
      quietSince = performance.now();
      if (started !== undefined) continue;
    }
    if (performance.now() - begun > notReadyLimitMs) {
      throw new EmbeddedPostgresError("start", `Postgres in ${folder.directory} is still not ready.`);
    }
    await sleep(pollIntervalMs);
  }
}

async function knock(folder: Folder, socketDirectory: string | undefined): Promise<LockAttempt> {
  if (!socketDirectory) return { outcome: "not_listening" };
  const attempt = await tryFolderLock(socketDirectory, folder.database);
  if (attempt.outcome === "held") {
    throw new EmbeddedPostgresError(
      "in_use",
      `The database in ${folder.directory} is in use by another gateway (${attempt.holder}). ` +
        "End that one, or set KINETICPAY_DATA_DIR to another folder.",
    );
  }
  if (attempt.outcome === "silent") {
    const server = await findServer(dataDirectoryIn(folder.directory));
    throw new EmbeddedPostgresError(
      "start",
      `The Postgres server on ${folder.directory} (process ${server ?? "unknown"}) runs but does not answer. ` +
        "Let it go on or end it, then try again.",
    );
  }
  return attempt;
}

/** Looks at the server whose lock we got. One with other settings, such as an older gateway's, is started anew. */
async function settle(
  folder: Folder,
  binaries: Binaries,
  socketDirectory: string,
  lock: FolderLock,
  started: number | undefined,
): Promise<TakenFolder | undefined> {
  const pid = await findServer(dataDirectoryIn(folder.directory));
  if (pid === undefined) {
    if (await Promise.race([lock.lost.then(() => true), sleep(200, false)])) return undefined;
    await lock.client.end();
    throw new EmbeddedPostgresError(
      "in_use",
      `The server of the database in ${folder.directory} is not among this machine's processes; it may run in another container. ` +
        "End it there, or set KINETICPAY_DATA_DIR to another folder.",
    );
  }
  if (pid === started || (await wasStartedLike(pid, { directory: folder.directory, binaries, socketDirectory }))) {
    return { pid, socketDirectory, lock, adopted: pid !== started };
  }
  folder.log(`embedded Postgres: process ${pid} was started with other settings; starting it anew`);
  // The lock goes with the server, so that nobody takes the folder in between.
  await stopServer(pid);
  await lock.lost;
  return undefined;
}

async function launch(folder: Folder, binaries: Binaries, signal: AbortSignal): Promise<number | undefined> {
  const { directory, log } = folder;
  const runAs = await chooseRunAs(directory, binaries.postgres, folder.userNamespaces);
  if (!(await isInitialised(directory))) {
    log(`embedded Postgres: making a database in ${directory}`);
    await initialise(directory, binaries, runAs);
  }
  const known = folder.socketDirectory ?? (await findSocketDirectory(directory));
  const socketDirectory = await prepareSocketDirectory(directory, runAs, known);
  const result = await startServer({ directory, binaries, runAs, socketDirectory }, signal);
  if ("pid" in result) {
    folder.socketDirectory = socketDirectory;
    log(`embedded Postgres: started as process ${result.pid} (${runAs.label})`);
    return result.pid;
  }
  if (socketDirectory !== known) await removeTemporarySocketDirectory(socketDirectory);
  // Another gateway was faster, and its server is the one to ask for the lock.
  if ((await findServer(dataDirectoryIn(directory))) !== undefined) return undefined;
  throw new EmbeddedPostgresError("start", `Postgres did not start in ${directory}.`, [result.failure]);
}
