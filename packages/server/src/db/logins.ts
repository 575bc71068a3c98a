import pg from "pg";
import { DatabaseRightsError, unbounded } from "./database-rights-error.ts";
import { withRole } from "./with-role.ts";

/** The two ways into one database: as who owns the tables, and as who works with them. */
export interface Logins {
  /** Migrates, and does what nobody else may. Undefined when the settings name no such login. */
  readonly owner: pg.ClientConfig | undefined;
  /** Everything else. It owns nothing, and has the rights of the table of grants. */
  readonly application: pg.ClientConfig;
  /** The role of the application's connections. */
  readonly role: string;
}

// Any number will do, as long as nothing else in the database locks the same one.
const roleLock = 4_015_727_302;

interface Position {
  readonly login: string;
  readonly database: string;
  readonly isOwner: boolean;
}

/** Owner of what is there; of an empty database, whoever may make tables in it. */
const positionOf = `
  select current_user as login, current_database() as database,
    coalesce(
      (select pg_has_role(relowner, 'usage') from pg_class where oid = to_regclass('public.migrations')),
      has_schema_privilege('public', 'create')) as "isOwner"`;

/** Since PostgreSQL 16 whoever makes a role may manage it, and yet not become it. */
const mayBecome = `
  select pg_has_role(oid, case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end) as may
  from pg_roles where rolname = $1`;

async function connected<T>(connection: pg.ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connection);
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function prepareRole(client: pg.Client, login: string, role: string): Promise<void> {
  const standing = async () => (await client.query<{ may: boolean }>(mayBecome, [role])).rows[0]?.may;
  if ((await standing()) === true) return;
  const to = pg.escapeIdentifier(role);
  const statements = [`create role ${to} nologin`, `grant ${to} to ${pg.escapeIdentifier(login)}`];
  await client.query("select pg_advisory_lock($1)", [roleLock]);
  try {
    const found = await standing();
    if (found === true) return;
    for (const statement of found === undefined ? statements : statements.slice(1)) await client.query(statement);
  } catch (error) {
    throw new DatabaseRightsError(
      `The gateway works as the role ${role}, which may not rewrite the books, and ${login} may not make that role ready ` +
        `(${error instanceof Error ? error.message : String(error)}). Run this once as an administrator of the database:\n` +
        `  ${statements.join(";\n  ")};\n` +
        "Or give DATABASE_URL a login of its own and DATABASE_OWNER_URL the one that owns the tables.",
    );
  }
}

/**
 * Finds both ways into the database of an address. With one address alone: when its login owns the tables, the
 * application becomes the role `<database>_app` at every connection, which is made here if need be; when it does not,
 * the application is that login, and there is no owner.
 * @throws DatabaseRightsError when the role cannot be made ready, or the application would be the owner
 */
export async function chooseLogins(url: string, ownerUrl: string | undefined): Promise<Logins> {
  const given: pg.ClientConfig = { connectionString: url };
  return connected(given, async (client) => {
    const { login, database, isOwner } = (await client.query<Position>(positionOf)).rows[0] as Position;
    if (ownerUrl !== undefined) {
      if (isOwner) throw new DatabaseRightsError(unbounded(login, "every table"));
      return { owner: { connectionString: ownerUrl }, application: given, role: login };
    }
    if (!isOwner) return { owner: undefined, application: given, role: login };
    const role = `${database.slice(0, 59)}_app`;
    await prepareRole(client, login, role);
    return { owner: given, application: withRole(url, role), role };
  });
}
