import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";

/** The folder of numbered migrations; it lies equally far from the sources and from the build. */
export const migrationsDirectory = fileURLToPath(new URL("../../migrations", import.meta.url));

// Any number will do, as long as nothing else in the database locks the same one.
const migrationLock = 4_015_727_301;

async function isCurrent(client: pg.Client): Promise<boolean> {
  const wanted = (await readdir(migrationsDirectory)).filter((name) => name.endsWith(".sql"));
  const table = await client.query("select to_regclass('public.migrations') as found");
  if (table.rows[0].found === null) return false;
  const done = await client.query("select name from migrations");
  const names = new Set(done.rows.map((row: { name: string }) => `${row.name}.sql`));
  return wanted.every((name) => names.has(name));
}

/**
 * Brings the schema up to date. Processes that start together wait for each other; each migration and its record
 * commit as one. The runner is loaded only when there is something to run, since loading it costs a start's tenth.
 */
export async function migrate(connection: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(connection);
  client.on("error", () => undefined);
  await client.connect();
  try {
    if (await isCurrent(client)) return;
    await client.query("select pg_advisory_lock($1)", [migrationLock]);
    const { runner } = await import("node-pg-migrate");
    const silent = () => undefined;
    await runner({
      dbClient: client,
      dir: migrationsDirectory,
      migrationsTable: "migrations",
      direction: "up",
      checkOrder: true,
      noLock: true,
      logger: { debug: silent, info: silent, warn: silent, error: silent },
    });
  } finally {
    await client.end();
  }
}
