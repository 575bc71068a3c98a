import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { migrateTo } from "../migrate.ts";
import { BackupError, sameText, type TableHead } from "./backup-format.ts";
import { type BackupReader, readBackup } from "./read-backup.ts";

const foreignKeys = `
  select conrelid::regclass::text as table, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
  from pg_constraint where contype = 'f' and conparentid = 0 and connamespace = 'public'::regnamespace order by conname`;

interface ForeignKey {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

const identifiers = (names: readonly string[]) => names.map((name) => pg.escapeIdentifier(name)).join(", ");

/** Nothing is ever restored over what is there. */
async function requireEmpty(client: pg.Client): Promise<void> {
  const { rows } = await client.query("select to_regclass('public.gateway_identity') as made");
  if (rows[0].made === null) return;
  const { rowCount } = await client.query("select from gateway_identity union all select from merchants limit 1");
  if (rowCount !== 0)
    throw new BackupError(
      "The database holds a gateway's data already. Restore into an empty one, or a new data folder.",
    );
}

async function loadTable(client: pg.Client, reader: BackupReader, head: TableHead): Promise<number> {
  const statement = `copy ${pg.escapeIdentifier(head.table)} (${identifiers(head.columns)}) from stdin`;
  const stream = client.query(copyFrom(statement));
  await pipeline(Readable.from(reader.rows()), stream);
  return stream.rowCount;
}

async function loadTables(client: pg.Client, reader: BackupReader): Promise<Record<string, number>> {
  const rows: Record<string, number> = {};
  for (let head = await reader.nextTable(); head !== undefined; head = await reader.nextTable()) {
    // What the migrations put there by themselves is in the backup as well.
    await client.query(`truncate ${pg.escapeIdentifier(head.table)}`);
    rows[head.table] = await loadTable(client, reader, head);
  }
  const footer = reader.finish();
  for (const [table, count] of Object.entries(footer.rows))
    if (rows[table] !== count)
      throw new BackupError(`The backup is damaged: ${table} has ${rows[table]} rows of ${count}.`);
  return rows;
}

/**
 * Loads all tables in one transaction. References are taken away and proved anew at the end, all rows at once, which takes a
 * fraction of the time; triggers rest meanwhile, since they would do again what the rows already show done.
 */
async function load(client: pg.Client, reader: BackupReader): Promise<Record<string, number>> {
  const { rows: tables } = await client.query<{ name: string }>(
    "select oid::regclass::text as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> 'migrations'",
  );
  const { rows: keys } = await client.query<ForeignKey>(foreignKeys);
  const each = async (statement: (table: string) => string) => {
    for (const { name } of tables) await client.query(statement(name));
  };
  await client.query("begin");
  try {
    for (const { table, name } of keys) await client.query(`alter table ${table} drop constraint ${name}`);
    await each((table) => `alter table ${table} disable trigger user`);
    const rows = await loadTables(client, reader);
    await each((table) => `alter table ${table} enable trigger user`);
    for (const { table, name, definition } of keys)
      await client.query(`alter table ${table} add constraint ${name} ${definition}`);
    await client.query("commit");
    return rows;
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
}

/** Rows of times for which the new schema has no partition are put where the old database had them. */
async function giveRowsTheirPartitions(client: pg.Client): Promise<void> {
  const { rows } = await client.query("select to_regprocedure('make_next_partition()') is not null as is_parted");
  if (rows[0].is_parted !== true) return;
  while ((await client.query("select make_next_partition() as name")).rows[0].name !== null);
}

/**
 * Restores a backup into an empty database: the schema at the level it was made at, then every row, all or none. The
 * later migrations are still to be run.
 * @returns how many rows each table has
 * @throws BackupError when the file is damaged or does not fit, or the database is not empty; then nothing was restored
 */
export async function restoreBackup(owner: pg.ClientConfig, file: string): Promise<Readonly<Record<string, number>>> {
  const reader = await readBackup(file);
  try {
    const client = new pg.Client(owner);
    client.on("error", () => undefined);
    await client.connect();
    try {
      await requireEmpty(client);
      if (!(await migrateTo(owner, reader.header.migrations)))
        throw new BackupError(
          "The backup was made by a later version of the gateway, or the database is of another level. Restore it with that version, into a new database.",
        );
      await client.query(sameText);
      const rows = await load(client, reader);
      await giveRowsTheirPartitions(client);
      await client.query("analyze");
      return rows;
    } finally {
      await client.end();
    }
  } finally {
    reader.close();
  }
}
