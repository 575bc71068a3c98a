import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { applyGrants, grantFaults } from "./apply-grants.ts";
import { DatabaseRightsError } from "./database-rights-error.ts";
import type { Logins } from "./logins.ts";

/** The folder of numbered migrations; it lies equally far from the sources and from the build. */
export const migrationsDirectory = fileURLToPath(new URL("../../migrations", import.meta.url));

// Any number will do, as long as nothing else in the database locks the same one.
const migrationLock = 4_015_727_301;

interface Level {
  /** Migrations of ours that the database lacks. */
  readonly lacks: readonly string[];
  /** True when a later version of the gateway has been here: its schema, and its grants, are not ours to judge. */
  readonly isAhead: boolean;
}

/** The names of our migrations, in their order. */
async function ourMigrations(): Promise<string[]> {
  const files = (await readdir(migrationsDirectory)).filter((name) => name.endsWith(".sql")).sort();
  return files.map((name) => name.slice(0, -".sql".length));
}

async function levelOf(client: pg.Client): Promise<Level> {
  const wanted = await ourMigrations();
  const table = await client.query("select to_regclass('public.migrations') as found");
  if (table.rows[0].found === null) return { lacks: wanted, isAhead: false };
  const done = await client.query<{ name: string }>("select name from migrations");
  const names = new Set(done.rows.map((row) => row.name));
  return {
    lacks: wanted.filter((name) => !names.has(name)),
    isAhead: [...names].some((name) => !wanted.includes(name)),
  };
}

async function needsGrants(client: pg.Client, level: Level, role: string): Promise<boolean> {
  if (level.isAhead) return false;
  const { missing, beyond } = await grantFaults(client, role);
  return missing.length > 0 || beyond.length > 0;
}

/** The runner is loaded only when there is something to run, since loading it costs a start's tenth. */
async function runMigrations(client: pg.Client, count = Number.POSITIVE_INFINITY): Promise<void> {
  const { runner } = await import("node-pg-migrate");
  const silent = () => undefined;
  await runner({
    dbClient: client,
    dir: migrationsDirectory,
    migrationsTable: "migrations",
    direction: "up",
    count,
    checkOrder: true,
    noLock: true,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  });
}

async function connect(connection: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(connection);
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

async function migrateAsOwner(connection: pg.ClientConfig, role: string): Promise<void> {
  const client = await connect(connection);
  try {
    const before = await levelOf(client);
    if (before.lacks.length === 0 && !(await needsGrants(client, before, role))) return;
    await client.query("select pg_advisory_lock($1)", [migrationLock]);
    if ((await levelOf(client)).lacks.length > 0) await runMigrations(client);
    if (await needsGrants(client, await levelOf(client), role)) await applyGrants(client, role);
  } finally {
    await client.end();
  }
}

/** Without an owner nothing can be brought up to date, so it must be so already. */
async function requireCurrent({ application, role }: Logins): Promise<void> {
  const client = await connect(application);
  try {
    const may = await client.query("select has_table_privilege(to_regclass('public.migrations'), 'select') as may");
    const lacks = may.rows[0].may === true ? (await levelOf(client)).lacks : ["every table"];
    if (lacks.length === 0) return;
    throw new DatabaseRightsError(
      `The database is not up to date for ${role}, which does not own its tables (lacking: ${lacks.join(", ")}). Set ` +
        "DATABASE_OWNER_URL to the login that does, here or for `npm run operator -- migrate`.",
    );
  } finally {
    await client.end();
  }
}

/**
 * Brings the schema up to date as its owner, and gives the application's role its rights. Processes that start together
 * wait for each other; each migration and its record commit as one, and so do the grants.
 * @throws DatabaseRightsError when there is something to do and no owner to do it
 */
export async function migrate(logins: Logins): Promise<void> {
  await (logins.owner === undefined ? requireCurrent(logins) : migrateAsOwner(logins.owner, logins.role));
}

/**
 * Brings an empty database to an earlier level, for rows that are of that level.
 * @returns false when that level is none of ours, or the database is beyond it
 */
export async function migrateTo(owner: pg.ClientConfig, level: readonly string[]): Promise<boolean> {
  const ours = await ourMigrations();
  if (level.some((name, index) => name !== ours[index])) return false;
  const client = await connect(owner);
  try {
    await client.query("select pg_advisory_lock($1)", [migrationLock]);
    const lacks = new Set((await levelOf(client)).lacks);
    if (ours.slice(level.length).some((name) => !lacks.has(name))) return false;
    const missing = level.filter((name) => lacks.has(name)).length;
    if (missing > 0) await runMigrations(client, missing);
    return true;
  } finally {
    await client.end();
  }
}
