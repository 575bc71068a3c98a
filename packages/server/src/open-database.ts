import { chmod, mkdir } from "node:fs/promises";
import path from "node:path";
import type pg from "pg";
import type { Logger } from "pino";
import type { Config } from "./config.ts";
import { type AsOwner, asOwner } from "./db/as-owner.ts";
import { claimMode } from "./db/claim-mode.ts";
import { crashingDb } from "./db/crashing-db.ts";
import type { Db } from "./db/db.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./db/embedded/embedded-postgres.ts";
import { joinRunningPostgres } from "./db/embedded/join-running.ts";
import { chooseLogins, type Logins } from "./db/logins.ts";
import { migrate } from "./db/migrate.ts";
import { type DbOptions, openDb } from "./db/open-db.ts";
import { requireBoundedRights } from "./db/require-bounded-rights.ts";
import { crashingAt } from "./seams/crash-points.ts";

export interface OpenDatabase {
  /** As the application: what the table of grants does not give, it cannot do. */
  readonly db: Db;
  readonly logins: Logins;
  close(): Promise<void>;
}

type Located = { logins: Logins; stop: () => Promise<void> };

const postgresDirectory = (config: Config) => path.join(config.dataDirectory, "postgres");

function embeddedLogins({ owner, application }: Pick<EmbeddedPostgres, "owner" | "application">): Logins {
  return { owner, application, role: application.user };
}

/** Finds the database that the settings name, or starts the embedded one. It may be empty still. */
export async function locateDatabase(config: Config, log: Logger, onLost: (error: Error) => void): Promise<Located> {
  if (config.databaseUrl !== undefined)
    return { logins: await chooseLogins(config.databaseUrl, config.databaseOwnerUrl), stop: async () => undefined };
  await mkdir(config.dataDirectory, { recursive: true, mode: 0o700 });
  await chmod(config.dataDirectory, 0o700);
  const embedded = await startEmbeddedPostgres({
    directory: postgresDirectory(config),
    log: (line) => log.info(line),
    onLost,
  });
  return { logins: embeddedLogins(embedded), stop: () => embedded.stop() };
}

/** What a crash point costs is paid only where one is set. */
function withCrashPoint(config: Config, db: Db): Db {
  return config.crashAt === undefined ? db : crashingDb(db, crashingAt(config.crashAt));
}

const openDbOf = (config: Config, options: DbOptions) => withCrashPoint(config, openDb(options));

/** A door to the login that owns the tables. */
export function ownerOf(config: Config, owner: pg.ClientConfig): AsOwner {
  return asOwner(owner, (db) => withCrashPoint(config, db));
}

async function migrateAt(config: Config, logins: Logins): Promise<void> {
  const pass = config.crashAt === undefined ? undefined : crashingAt(config.crashAt);
  pass?.("before:schema.migrate");
  await migrate(logins);
  pass?.("after:schema.migrate");
}

/**
 * Opens the database that the settings name, or the embedded one, with its schema up to date and its mode and the
 * application's rights checked.
 * @param onLost told when the embedded database's folder was lost to another gateway
 */
export async function openDatabase(
  config: Config,
  log: Logger,
  onLost: (error: Error) => void,
  limits: Pick<DbOptions, "statementMs"> = {},
): Promise<OpenDatabase> {
  const { logins, stop } = await locateDatabase(config, log, onLost);
  let closing = false;
  const onIdleError = (error: Error) => {
    // A server that stops takes its last sessions with it; that is no news.
    if (!closing) log.warn({ err: error }, "a database connection was lost");
  };
  const db = openDbOf(config, {
    connection: logins.application,
    poolSize: config.databasePool,
    onIdleError,
    ...limits,
  });
  const close = async () => {
    if (closing) return;
    closing = true;
    await db.close();
    await stop();
  };
  try {
    await migrateAt(config, logins);
    await requireBoundedRights(db);
    await claimMode(db, config.mode);
    return { db, logins, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Nobody waits for an operator's command but the operator, and some go through everything there is. */
const patient = { statementMs: 10 * 60_000 };

/**
 * Opens the database for a command that runs beside the gateway: the running one's if there is one, else the embedded
 * server is started for as long as the command takes.
 */
export async function openDatabaseBeside(config: Config, log: Logger): Promise<OpenDatabase> {
  const running = config.databaseUrl === undefined ? await joinRunningPostgres(postgresDirectory(config)) : undefined;
  const lost = (error: Error) => log.error({ err: error }, "the database was taken over");
  if (running === undefined) return openDatabase(config, log, lost, patient);
  const logins = embeddedLogins(running);
  const db = openDbOf(config, { connection: logins.application, poolSize: 2, onIdleError: lost, ...patient });
  await claimMode(db, config.mode);
  return { db, logins, close: () => db.close() };
}
