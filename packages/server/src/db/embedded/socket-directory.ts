import { chown, lstat, mkdir, mkdtemp, rm, rmdir } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { dataDirectoryIn } from "./data-directory.ts";
import { EmbeddedPostgresError, errorCode } from "./embedded-postgres-error.ts";
import { findLastSocketDirectory } from "./postmaster-file.ts";
import type { RunAs } from "./run-as.ts";

/** The number in the socket's name. Nothing listens on a network port. */
export const port = 5432;

// sockaddr_un holds 108 bytes on Linux and 104 on macOS, with a closing zero.
const socketPathLimitBytes = 100;
const temporaryPrefix = "kineticpay-postgres-";

/**
 * The folder in which a running server's socket is to be found: ours, or, when its path is too long for a socket, a
 * temporary one that the server's own `postmaster.pid` remembers.
 */
export async function findSocketDirectory(directory: string): Promise<string | undefined> {
  const inside = path.join(directory, "socket");
  return fits(inside) ? inside : findLastSocketDirectory(dataDirectoryIn(directory));
}

/**
 * Makes the folder for the socket of a server about to be started, closed to other users.
 * @param preferred the folder to use again when the path of ours is too long, so that an address stays good
 * @throws EmbeddedPostgresError `folder` when even the temporary folder's path is too long
 */
export async function prepareSocketDirectory(directory: string, runAs: RunAs, preferred?: string): Promise<string> {
  const inside = path.join(directory, "socket");
  const socketDirectory = fits(inside) ? await claim(inside) : await prepareTemporary(runAs, preferred);
  // It names the last server, which has ended, or else the data directory's own lock keeps a second one off. Postgres
  // would believe it when the id was given to another process, or its process ended and was never reaped.
  await rm(path.join(socketDirectory, `.s.PGSQL.${port}.lock`), { force: true });
  const { uid, gid } = runAs.identity;
  if (uid !== undefined && gid !== undefined) await chown(socketDirectory, uid, gid);
  return socketDirectory;
}

/** Removes a temporary socket folder after its server has stopped; one inside our folder stays. */
export async function removeTemporarySocketDirectory(socketDirectory: string): Promise<void> {
  if (path.basename(socketDirectory).startsWith(temporaryPrefix)) await rmdir(socketDirectory).catch(() => {});
}

async function prepareTemporary(runAs: RunAs, preferred: string | undefined): Promise<string> {
  if (preferred && (await isOurs(preferred, runAs))) return preferred;
  for (const parent of new Set([os.tmpdir(), "/tmp"])) {
    if (!fits(path.join(parent, `${temporaryPrefix}XXXXXX`))) continue;
    return mkdtemp(path.join(parent, temporaryPrefix));
  }
  throw new EmbeddedPostgresError(
    "folder",
    "No folder has a path short enough for a socket. Set KINETICPAY_DATA_DIR to a shorter path.",
  );
}

/** Others may write to the temporary folder's parent, so that a path seen before is believed only if it is still ours. */
async function isOurs(socketDirectory: string, runAs: RunAs): Promise<boolean> {
  try {
    await claim(socketDirectory);
    const found = await lstat(socketDirectory);
    const isOwn = found.uid === process.getuid?.() || found.uid === runAs.identity.uid;
    return found.isDirectory() && isOwn && (found.mode & 0o077) === 0;
  } catch {
    return false;
  }
}

async function claim(socketDirectory: string): Promise<string> {
  await mkdir(socketDirectory, { mode: 0o700 }).catch((error) => {
    if (errorCode(error) !== "EEXIST") throw error;
  });
  return socketDirectory;
}

function fits(socketDirectory: string): boolean {
  return Buffer.byteLength(path.join(socketDirectory, `.s.PGSQL.${port}`)) <= socketPathLimitBytes;
}
