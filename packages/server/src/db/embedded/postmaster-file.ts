import { link, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { errorCode } from "./embedded-postgres-error.ts";
import { isAlive, worksIn } from "./process-table.ts";

/** What `postmaster.pid` says: PostgreSQL documents its lines in `src/include/utils/pidfile.h`. */
export type PostmasterFile = {
  text: string;
  pid: number;
  dataDirectory: string;
  socketDirectory: string;
  isReady: boolean;
};

/** Reads the data directory's `postmaster.pid`; undefined when there is none, or it is still being written. */
export async function readPostmasterFile(dataDirectory: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(postmasterPath(dataDirectory), "utf8").catch((error) => {
    if (errorCode(error) === "ENOENT") return "";
    throw error;
  });
  const lines = text.split("\n").map((line) => line.trim());
  // A server in single-user mode writes its id negative.
  const pid = Math.abs(Number.parseInt(lines[0] ?? "", 10));
  if (!Number.isSafeInteger(pid) || pid === 0) return undefined;
  return {
    text,
    pid,
    dataDirectory: lines[1] ?? "",
    socketDirectory: lines[4] ?? "",
    isReady: lines[7] === "ready",
  };
}

/** The id of the server that runs on this data directory, whoever started it; undefined when none does. */
export async function findServer(dataDirectory: string): Promise<number | undefined> {
  const file = await readPostmasterFile(dataDirectory);
  if (!file || !(await isAlive(file.pid))) return undefined;
  return (await worksIn(file.pid, dataDirectory)) ? file.pid : undefined;
}

/**
 * The socket folder of the server that last ran here. Nothing when the file was copied along with its folder: it then
 * tells of the original's server, which is not ours to use.
 */
export async function findLastSocketDirectory(dataDirectory: string): Promise<string | undefined> {
  const file = await readPostmasterFile(dataDirectory);
  if (!file?.socketDirectory) return undefined;
  try {
    const [told, own] = await Promise.all([stat(file.dataDirectory), stat(dataDirectory)]);
    return told.dev === own.dev && told.ino === own.ino ? file.socketDirectory : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Takes away a `postmaster.pid` that was judged stale. Should another gateway have started a server meanwhile, then
 * the file is that server's, and goes back to its place.
 */
export async function removeStalePostmasterFile(dataDirectory: string, judged: PostmasterFile): Promise<void> {
  const aside = `${postmasterPath(dataDirectory)}.stale-${process.pid}`;
  try {
    await rename(postmasterPath(dataDirectory), aside);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw error;
  }
  if ((await readFile(aside, "utf8")) !== judged.text) await link(aside, postmasterPath(dataDirectory)).catch(() => {});
  await rm(aside, { force: true });
}

function postmasterPath(dataDirectory: string): string {
  return path.join(dataDirectory, "postmaster.pid");
}
