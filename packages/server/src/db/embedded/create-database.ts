import { type Client, escapeIdentifier } from "pg";

/** As whom the application logs in; made beside the database, which it does not own. */
export function applicationRoleOf(database: string): string {
  return `${database}_app`;
}

async function createRole(client: Client, name: string, options: string): Promise<void> {
  const { rowCount } = await client.query("select from pg_roles where rolname = $1", [name]);
  if (rowCount === 0) await client.query(`create role ${escapeIdentifier(name)} ${options}`);
}

/**
 * Makes what is not there yet: the application's role; the database, and the role of the same name that owns it, which
 * is not a superuser, but allowed to make databases, as the tests do. Safe to repeat after a crash in between.
 */
export async function createDatabase(
  client: Client,
  name: string,
  has: { readonly database: boolean; readonly role: boolean },
): Promise<void> {
  if (!has.role) await createRole(client, applicationRoleOf(name), "login");
  if (has.database) return;
  await createRole(client, name, "login createdb");
  await client.query(`create database ${escapeIdentifier(name)} owner ${escapeIdentifier(name)}`);
}
