import { type Client, escapeIdentifier } from "pg";

/**
 * Makes the application's database and the role of the same name that owns it: not a superuser, but allowed to make
 * databases, as the tests do. Safe to repeat after a crash between the two.
 */
export async function createDatabase(client: Client, name: string): Promise<void> {
  const { rowCount } = await client.query("select from pg_roles where rolname = $1", [name]);
  if (rowCount === 0) await client.query(`create role ${escapeIdentifier(name)} login createdb`);
  await client.query(`create database ${escapeIdentifier(name)} owner ${escapeIdentifier(name)}`);
}
