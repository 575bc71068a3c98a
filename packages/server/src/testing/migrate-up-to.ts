import { runner } from "node-pg-migrate";
import pg from "pg";
import { migrationsDirectory } from "../db/migrate.ts";

/** Makes a database what it was under an earlier version of the gateway: only its first migrations, and no grants. */
export async function migrateUpTo(connection: pg.ClientConfig, count: number): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  const silent = () => undefined;
  await runner({
    dbClient: client,
    dir: migrationsDirectory,
    migrationsTable: "migrations",
    direction: "up",
    count,
    noLock: true,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  });
  await client.end();
}
