import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { readConfig } from "./config.ts";
import { grantFaults } from "./db/apply-grants.ts";
import { DatabaseRightsError } from "./db/database-rights-error.ts";
import { startEmbeddedPostgres } from "./db/embedded/embedded-postgres.ts";
import { sealBookings } from "./ledger/seal-bookings.ts";
import { type OpenDatabase, openDatabase } from "./open-database.ts";
import { earlierRows } from "./testing/earlier-rows.ts";
import { migrateUpTo } from "./testing/migrate-up-to.ts";
import { quietLog, rethrow } from "./testing/test-core.ts";

let superuser: pg.Client;
const open: OpenDatabase[] = [];
const made: string[] = [];

beforeAll(async () => {
  superuser = new pg.Client({ ...inject("postgres"), user: "postgres", database: "postgres" });
  await superuser.connect();
});
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
  for (const statement of made.splice(0).reverse()) await superuser.query(statement);
});
afterAll(() => superuser.end());

/** A login of its own, and a database that it owns. */
async function newDatabase(options: string): Promise<{ name: string; url: string; config: pg.ClientConfig }> {
  const name = `o_${randomBytes(5).toString("hex")}`;
  await superuser.query(`create role ${name} login ${options}`);
  made.push(`drop role ${name}`);
  await superuser.query(`create database ${name} owner ${name}`);
  made.push(`drop role if exists ${name}_app`, `drop database ${name} with (force)`);
  return { name, url: urlOf(name, name), config: { ...inject("postgres"), user: name, database: name } };
}

function urlOf(user: string, database: string, more = ""): string {
  const { host, port } = inject("postgres");
  return `postgres://${user}@/${database}?host=${encodeURIComponent(host)}&port=${port}${more}`;
}

async function opened(environment: Record<string, string>): Promise<OpenDatabase> {
  const config = readConfig({ KINETICPAY_DATABASE_POOL: "2", ...environment });
  const database = await openDatabase(config, quietLog(), rethrow);
  open.push(database);
  return database;
}

interface Standing {
  readonly session: string;
  readonly role: string;
}

async function standing({ db, logins }: OpenDatabase): Promise<Standing> {
  const [row] = await db.query<Standing>("select session_user as session, current_user as role");
  await expect(db.query("update events set type = type")).rejects.toThrow(/permission denied/);
  const owner = new pg.Client(logins.owner);
  await owner.connect();
  expect(await grantFaults(owner, logins.role)).toEqual({ missing: [], beyond: [] });
  await owner.end();
  return row as Standing;
}

describe("with DATABASE_URL alone", () => {
  test.each(["createrole", "superuser"])(
    "an owner with %s makes the application's role and works as it",
    async (options) => {
      const { name, url } = await newDatabase(options);
      expect(await standing(await opened({ DATABASE_URL: url }))).toEqual({ session: name, role: `${name}_app` });
      expect(await standing(await opened({ DATABASE_URL: url }))).toEqual({ session: name, role: `${name}_app` });
    },
  );

  test("an owner who may make no role is told what an administrator has to run, and then it works", async () => {
    const { name, url } = await newDatabase("nocreaterole");
    const refused: unknown = await opened({ DATABASE_URL: url }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(DatabaseRightsError);
    const statements = (refused as Error).message.match(/^ {2}.+;$/gm) ?? [];
    expect(statements).toHaveLength(2);
    for (const statement of statements) await superuser.query(statement);
    expect(await standing(await opened({ DATABASE_URL: url }))).toEqual({ session: name, role: `${name}_app` });
  });

  test("options that the address has already are kept", async () => {
    const { name, url } = await newDatabase("createrole");
    const database = await opened({ DATABASE_URL: `${url}&options=-c%20lock_timeout%3D4321` });
    expect(await standing(database)).toEqual({ session: name, role: `${name}_app` });
    expect(await database.db.query("show lock_timeout")).toEqual([{ lock_timeout: "4321ms" }]);
  });

  test("a name of the database that needs quoting does no harm", async () => {
    const { name } = await newDatabase("createrole");
    const odd = `${name} "Kedai"\\`;
    await superuser.query(`create database ${pg.escapeIdentifier(odd)} owner ${name}`);
    made.push(
      `drop role if exists ${pg.escapeIdentifier(`${odd}_app`)}`,
      `drop database ${pg.escapeIdentifier(odd)} with (force)`,
    );
    const database = await opened({ DATABASE_URL: urlOf(name, encodeURIComponent(odd)) });
    expect(await standing(database)).toEqual({ session: name, role: `${odd}_app` });
  });

  test("a login that owns nothing is served once the owner has made the database ready, and not before", async () => {
    const { name, url } = await newDatabase("nocreaterole");
    await superuser.query(`create role ${name}_app login`);
    const application = urlOf(`${name}_app`, name);
    await expect(opened({ DATABASE_URL: application })).rejects.toThrow(DatabaseRightsError);
    await opened({ DATABASE_URL: application, DATABASE_OWNER_URL: url });
    const database = await opened({ DATABASE_URL: application });
    expect(database.logins.owner).toBeUndefined();
    expect(await database.db.query("select session_user as session")).toEqual([{ session: `${name}_app` }]);
  });
});

describe("with DATABASE_OWNER_URL", () => {
  test("the owner migrates and the other login works, and could not become the owner", async () => {
    const { name, url } = await newDatabase("nocreaterole");
    await superuser.query(`create role ${name}_app login`);
    const database = await opened({ DATABASE_URL: urlOf(`${name}_app`, name), DATABASE_OWNER_URL: url });
    expect(await standing(database)).toEqual({ session: `${name}_app`, role: `${name}_app` });
    await expect(database.db.query(`set role ${name}`)).rejects.toThrow(/permission denied/);
  });

  test.each(["the owner", "a superuser"])(
    "%s as DATABASE_URL's login is refused, since it could rewrite the books",
    async (who) => {
      const { name, url } = await newDatabase("nocreaterole");
      const application = who === "the owner" ? url : urlOf("postgres", name);
      const start = opened({ DATABASE_URL: application, DATABASE_OWNER_URL: url });
      await expect(start).rejects.toThrow(/could rewrite every table.*DATABASE_OWNER_URL/);
    },
  );
});

test("a right too many that the application has been given since is found before anything is served", async () => {
  const { name, url } = await newDatabase("nocreaterole");
  await superuser.query(`create role ${name}_app login`);
  const application = urlOf(`${name}_app`, name);
  const { logins } = await opened({ DATABASE_URL: application, DATABASE_OWNER_URL: url });
  const owner = new pg.Client(logins.owner);
  await owner.connect();
  await owner.query(`grant update (type) on events to ${name}_app`);
  await owner.query("grant delete on ledger_postings to public");
  await owner.end();
  await expect(opened({ DATABASE_URL: application })).rejects.toThrow(/could rewrite events, ledger_postings/);
  await opened({ DATABASE_URL: application, DATABASE_OWNER_URL: url });
});

const before = 4;
/** What was there is there still, and what it lacked by today's rules has been made good. */
async function checkEarlierRows({ db }: OpenDatabase): Promise<void> {
  expect(await db.query("select name from merchants")).toEqual([{ name: "Kedai Lama" }]);
  await sealBookings({ db, clock: { now: () => new Date() } });
  expect(await db.query("select transaction_id from ledger_seals")).toEqual([{ transaction_id: "txn_old" }]);
}

describe("what an earlier version left", () => {
  test("in a PostgreSQL of the operator's is brought up to date, and keeps its rows", async () => {
    const { name, url, config } = await newDatabase("createrole");
    await migrateUpTo(config, before);
    const earlier = new pg.Client(config);
    await earlier.connect();
    await earlier.query(earlierRows);
    await earlier.end();
    const database = await opened({ DATABASE_URL: url });
    expect(await standing(database)).toEqual({ session: name, role: `${name}_app` });
    await checkEarlierRows(database);
  });

  test("in a data folder, whose server knows no role for the application, starts with its rows and that role", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "kp-earlier-"));
    const embedded = await startEmbeddedPostgres({ directory: path.join(folder, "postgres") });
    await migrateUpTo(embedded.owner, before);
    const earlier = new pg.Client({ ...embedded.owner, user: "postgres" });
    await earlier.connect();
    await earlier.query(earlierRows);
    await earlier.query(`drop role ${embedded.application.user}`);
    await earlier.end();
    await embedded.stop();
    const database = await opened({ KINETICPAY_DATA_DIR: folder });
    expect(await standing(database)).toEqual({ session: "kineticpay_app", role: "kineticpay_app" });
    await checkEarlierRows(database);
    await open.pop()?.close();
    await rm(folder, { recursive: true, force: true });
  });
});
