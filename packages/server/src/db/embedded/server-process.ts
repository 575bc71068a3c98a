import { spawn } from "node:child_process";
import { readFile, readlink } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Binaries } from "./binaries.ts";
import { dataDirectoryIn } from "./data-directory.ts";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { readPostmasterFile } from "./postmaster-file.ts";
import { isAlive } from "./process-table.ts";
import type { RunAs } from "./run-as.ts";
import { programEnvironment } from "./run-program.ts";
import { openServerLog, readServerLog } from "./server-log.ts";
import { port } from "./socket-directory.ts";

/** What a server is started with. */
export type Launch = { directory: string; binaries: Binaries; runAs: RunAs; socketDirectory: string };

/** A server that is ready, or why it ended instead: the end of its log. */
export type LaunchResult = { pid: number } | { failure: string };

// Recovery after a power cut may take minutes on a large database, and must not be cut short.
const readyLimitMs = 10 * 60_000;
const fastShutdownLimitMs = 10_000;
const immediateShutdownLimitMs = 8_000;

/**
 * Starts a server and waits until it serves. It gets a session of its own, so that Ctrl-C in the gateway's terminal
 * reaches the gateway alone, which still needs its database to finish.
 * @throws the signal's reason when aborted, after having stopped the server; EmbeddedPostgresError `start` when it is
 *   still not ready after ten minutes
 */
export async function startServer(launch: Launch, signal: AbortSignal): Promise<LaunchResult> {
  const { directory, binaries, runAs } = launch;
  const serverLog = await openServerLog(directory);
  const { size } = await serverLog.stat();
  const [command, ...args] = [...runAs.wrapper, binaries.postgres, ...serverArguments(launch)];
  const child = spawn(command ?? binaries.postgres, args, {
    ...runAs.identity,
    cwd: "/",
    env: programEnvironment,
    detached: true,
    stdio: ["ignore", serverLog.fd, serverLog.fd],
  });
  let ended: string | undefined;
  child.once("exit", (code, signalName) => {
    ended = `it ended with ${code ?? signalName}`;
  });
  child.once("error", (error) => {
    ended = error.message;
  });
  child.unref();
  await serverLog.close();
  const deadline = performance.now() + readyLimitMs;
  while (ended === undefined && child.pid !== undefined) {
    const file = await readPostmasterFile(dataDirectoryIn(directory));
    if (file?.pid === child.pid && file.isReady) return { pid: child.pid };
    if (signal.aborted) await stopServer(child.pid);
    signal.throwIfAborted();
    if (performance.now() > deadline)
      throw new EmbeddedPostgresError("start", `Postgres in ${directory} is still not ready.`);
    await sleep(4);
  }
  return { failure: (await readServerLog(directory, size)) || (ended ?? "it could not be started") };
}

/** Whether a running server was started as we would have: the same program, not replaced since, with our settings. */
export async function wasStartedLike(pid: number, launch: Omit<Launch, "runAs">): Promise<boolean> {
  const told = await readFile(path.join(dataDirectoryIn(launch.directory), "postmaster.opts"), "utf8").catch(() => "");
  const quoted = serverArguments(launch).map((argument) => `"${argument}"`);
  if (told.trim() !== [launch.binaries.postgres, ...quoted].join(" ")) return false;
  const program = await readlink(`/proc/${pid}/exe`).catch(() => "");
  return !program.endsWith(" (deleted)");
}

/**
 * Stops a server: at once and cleanly, and only when that takes too long by force, which costs a recovery.
 * @throws EmbeddedPostgresError `stop` when even that does not end it
 */
export async function stopServer(pid: number): Promise<void> {
  // "Fast" ends the sessions and writes a checkpoint; "immediate" leaves the rest to the write-ahead log.
  if (await endsAfter(pid, "SIGINT", fastShutdownLimitMs)) return;
  if (await endsAfter(pid, "SIGQUIT", immediateShutdownLimitMs)) return;
  throw new EmbeddedPostgresError("stop", `The embedded Postgres (process ${pid}) does not stop.`);
}

async function endsAfter(pid: number, signalName: NodeJS.Signals, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  if (!(await isAlive(pid))) return true;
  try {
    process.kill(pid, signalName);
  } catch {
    // It ended between the two lines, which the loop sees, or it is not ours to end, which the caller tells.
  }
  while (await isAlive(pid)) {
    if (performance.now() > deadline) return false;
    await sleep(4);
  }
  return true;
}

function serverArguments({ directory, socketDirectory }: Omit<Launch, "runAs">): string[] {
  const settings = {
    listen_addresses: "",
    port: String(port),
    // A list, in which quotes keep a comma in a path from splitting it.
    unix_socket_directories: `"${socketDirectory.replaceAll('"', '""')}"`,
    unix_socket_permissions: "0700",
    // Given here, these win over whatever stands in the data directory's own files.
    fsync: "on",
    full_page_writes: "on",
    synchronous_commit: "on",
    // Queries here are short, and compiling one costs more than running it.
    jit: "off",
    // Plans are made once for each connection, also while tables hold next to nothing, and must do when they have grown. The
    // default of 4 is for disks that turn, and has small tables read whole.
    random_page_cost: "1.1",
    logging_collector: "off",
    log_checkpoints: "off",
    // A failed statement may hold a buyer's data. The gateway logs its own failures without.
    log_min_error_statement: "panic",
  };
  return [
    "-D",
    dataDirectoryIn(directory),
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
}
