import path from "node:path";
import { dataDirectoryIn } from "./data-directory.ts";
import { connectionsTo, database, type EmbeddedPostgres } from "./embedded-postgres.ts";
import { findServer } from "./postmaster-file.ts";
import { findSocketDirectory } from "./socket-directory.ts";

/**
 * How to reach the embedded Postgres of a gateway that is running, for a program that only wants to talk to the database
 * beside it; undefined when no server runs on the folder.
 */
export async function joinRunningPostgres(
  directory: string,
): Promise<Pick<EmbeddedPostgres, "owner" | "application"> | undefined> {
  const folder = path.resolve(directory);
  const pid = await findServer(dataDirectoryIn(folder)).catch(() => undefined);
  const host = pid === undefined ? undefined : await findSocketDirectory(folder);
  return host === undefined ? undefined : connectionsTo(host, database);
}
