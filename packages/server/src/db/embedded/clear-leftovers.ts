import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { findServer, readPostmasterFile, removeStalePostmasterFile } from "./postmaster-file.ts";
import { isTaken, type ProcessAtWork, processesIn } from "./process-table.ts";
import { stopServer } from "./server-process.ts";

/** How long a server may live without listening before it is taken for stuck. */
const unreachableLimitMs = 5_000;
const orphanQuitLimitMs = 1_000;
const leftoverLimitMs = 15_000;

/**
 * Looks at what earlier servers left in the data directory when none listens, and clears what is surely dead. To be
 * called again and again until it says `clear`.
 * @param waitedMs how long nothing has listened
 * @returns `clear` when a server may be started, `wait` when something is still ending or starting
 * @throws EmbeddedPostgresError `in_use` when a server lives, cannot be reached and is used by somebody; `start` when
 *   something does not go away
 */
export async function clearLeftovers(dataDirectory: string, waitedMs: number): Promise<"clear" | "wait"> {
  const server = await findServer(dataDirectory);
  if (server !== undefined) {
    if (waitedMs > unreachableLimitMs) await stopUnreachable(server, dataDirectory);
    return "wait";
  }
  const file = await readPostmasterFile(dataDirectory);
  if (!file) return "clear";
  const present = await processesIn(dataDirectory);
  const orphans = present.filter(({ isOrphan }) => isOrphan);
  if (orphans.length > 0) {
    // They share the dead server's memory, and could write to the files after a new one has begun to.
    endOrphans(orphans, waitedMs > orphanQuitLimitMs ? "SIGKILL" : "SIGQUIT");
    return leftWithin(waitedMs, dataDirectory, present);
  }
  // Of a process that is gone, Postgres itself clears the file, and checks more than we can.
  if (!isTaken(file.pid)) return "clear";
  if (present.length > 0) return leftWithin(waitedMs, dataDirectory, present);
  await removeStalePostmasterFile(dataDirectory, file);
  return "wait";
}

async function stopUnreachable(server: number, dataDirectory: string): Promise<void> {
  const present = await processesIn(dataDirectory);
  // The title of a session says from where its client came.
  if (present.some(({ title }) => title.includes("[local]"))) {
    throw new EmbeddedPostgresError(
      "in_use",
      `The database in ${dataDirectory} is in use through the Postgres server with process ${server}, whose socket is gone. ` +
        "End the gateway that uses it, or set KINETICPAY_DATA_DIR to another folder.",
    );
  }
  await stopServer(server);
}

function endOrphans(orphans: readonly ProcessAtWork[], signalName: NodeJS.Signals): void {
  for (const { pid } of orphans) {
    try {
      process.kill(pid, signalName);
    } catch {
      // Gone already, as wished.
    }
  }
}

function leftWithin(waitedMs: number, dataDirectory: string, present: readonly ProcessAtWork[]): "wait" {
  if (waitedMs < leftoverLimitMs) return "wait";
  throw new EmbeddedPostgresError(
    "start",
    `${dataDirectory} still has processes at work, so that no server may be started on it. End them and try again.`,
    present.map(({ pid, title }) => `process ${pid}: ${title}`),
  );
}
