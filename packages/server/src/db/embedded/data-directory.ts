import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, chmod, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { type Binaries, postgresMajorVersion } from "./binaries.ts";
import { EmbeddedPostgresError, errorCode, errorText } from "./embedded-postgres-error.ts";
import type { RunAs } from "./run-as.ts";
import { runProgram } from "./run-program.ts";

const unfinishedPrefix = "cluster.init-";

/** The superuser of the data directory, used by this room alone. */
export const superuser = "postgres";

/** Postgres's data directory inside our folder. */
export function dataDirectoryIn(directory: string): string {
  return path.join(directory, "cluster");
}

/**
 * Makes our folder, closed to other users.
 * @throws EmbeddedPostgresError `folder` when it cannot be made
 */
export async function prepareFolder(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if ((await stat(directory)).mode & 0o077) await chmod(directory, 0o700);
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new EmbeddedPostgresError(
      "folder",
      `The folder ${directory} cannot be used for the database. Set KINETICPAY_DATA_DIR to a folder that this user owns.`,
      [errorText(error)],
    );
  }
}

/**
 * Whether the data directory was made before.
 * @throws EmbeddedPostgresError `folder` when something else is in its place, or it is of another major version
 */
export async function isInitialised(directory: string): Promise<boolean> {
  const dataDirectory = dataDirectoryIn(directory);
  try {
    const version = (await readFile(path.join(dataDirectory, "PG_VERSION"), "utf8")).trim();
    if (version === postgresMajorVersion) return true;
    throw new EmbeddedPostgresError(
      "folder",
      `${dataDirectory} was made by Postgres ${version}, and this gateway brings Postgres ${postgresMajorVersion}. ` +
        `Move the data with pg_dump of version ${version}, or set DATABASE_URL to a Postgres ${version} that serves it.`,
    );
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
  const entries = await readdir(dataDirectory).catch(() => []);
  if (entries.length === 0) return false;
  throw new EmbeddedPostgresError(
    "folder",
    `${dataDirectory} is not a Postgres data directory, though it is not empty. Move it away, or set KINETICPAY_DATA_DIR to another folder.`,
  );
}

/**
 * Makes the data directory beside its place and moves it there once it is whole and on disk, so that a crash never
 * leaves half of one. When another gateway was faster, its data directory is the one.
 * @throws EmbeddedPostgresError `start` when initdb fails
 */
export async function initialise(directory: string, binaries: Binaries, runAs: RunAs): Promise<void> {
  const unfinished = path.join(directory, `${unfinishedPrefix}${randomUUID()}`);
  const result = await runProgram(runAs, binaries.initdb, ["-D", unfinished, ...initOptions]);
  try {
    if (!result.ok) throw new EmbeddedPostgresError("start", `initdb failed in ${directory}.`, [result.output]);
    await rename(unfinished, dataDirectoryIn(directory));
    await syncFolder(directory);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await isInitialised(directory))) throw error;
  }
}

const initOptions = [
  `--username=${superuser}`,
  "--encoding=UTF8",
  // The order and case of text must not depend on the machine's C library, or an upgrade of it would break indexes.
  "--locale=C",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--data-checksums",
  // Whoever reaches the socket is let in: its folder is open to us alone, and there is no network listener.
  "--auth-local=trust",
  "--auth-host=reject",
  "--no-instructions",
];

/** Removes what interrupted inits left. Only the holder of the folder's lock may: others could still be at it. */
export async function clearUnfinished(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith(unfinishedPrefix)) continue;
    // An initdb whose gateway was killed may still write; it gives up once its folder has gone.
    await rm(path.join(directory, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

async function syncFolder(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
