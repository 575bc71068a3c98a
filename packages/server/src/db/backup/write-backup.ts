import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { typeParsers } from "../connections.ts";
import type { Queryable } from "../db.ts";
import { grants } from "../grants.ts";
import {
  BackupError,
  type BackupHeader,
  backupVersion,
  endOfRows,
  jsonLine,
  sameText,
  type TableHead,
} from "./backup-format.ts";

/** What was written. */
export interface WrittenBackup {
  readonly header: BackupHeader;
  readonly rows: Readonly<Record<string, number>>;
  readonly bytes: number;
}

const tableHeads = `
  select c.relname::text as table, array_agg(a.attname::text order by a.attnum) as columns
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname = any ($1::text[])
  group by c.relname order by c.relname`;

/** The runner of migrations writes its own table when the schema is made anew. */
const notOurs = "migrations";

async function readHeader(client: pg.Client, readHeads: (db: Queryable) => Promise<unknown>): Promise<BackupHeader> {
  const all = async <R>(text: string) => (await client.query(text)).rows as R[];
  const [identity] = await all<{ mode: string; now: Date }>("select mode, now() from gateway_identity");
  const migrations = await all<{ name: string }>("select name from migrations order by id");
  return {
    kineticpay_backup: backupVersion,
    made_at: (identity?.now ?? new Date()).toISOString(),
    mode: identity?.mode ?? "",
    migrations: migrations.map((each) => each.name),
    heads: await readHeads({ query: async (text, values = []) => (await client.query(text, [...values])).rows }),
  };
}

async function* readTable(client: pg.Client, head: TableHead, rows: Record<string, number>): AsyncGenerator<Buffer> {
  const quoted = head.columns.map((column) => pg.escapeIdentifier(column)).join(", ");
  const stream = client.query(copyTo(`copy (select ${quoted} from ${pg.escapeIdentifier(head.table)}) to stdout`));
  yield jsonLine(head);
  for await (const chunk of stream) yield chunk as Buffer;
  rows[head.table] = stream.rowCount;
  yield Buffer.from(endOfRows);
}

async function* readAll(
  client: pg.Client,
  header: BackupHeader,
  tables: readonly TableHead[],
  rows: Record<string, number>,
): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  const noted = (chunk: Buffer) => {
    hash.update(chunk);
    return chunk;
  };
  yield noted(jsonLine(header));
  for (const head of tables) for await (const chunk of readTable(client, head, rows)) yield noted(chunk);
  yield jsonLine({ end: true, rows, sha256: hash.digest("hex") });
}

/** Makes sure that the name of a new file is on disk too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync();
  await handle.close();
}

/**
 * Writes everything that the gateway keeps in its database into one file, as it was at one moment, while the gateway goes
 * on. The file is its owner's alone, and has its name only once it is whole and on disk.
 * @param connection any login that may read all of it, such as the application's
 * @param readHeads what to keep in the header, read in the same snapshot
 * @throws BackupError when the file is there already
 */
export async function writeBackup(
  connection: pg.ClientConfig,
  file: string,
  readHeads: (db: Queryable) => Promise<unknown>,
): Promise<WrittenBackup> {
  if (
    await open(file, "r").then(
      (handle) => handle.close().then(() => true),
      () => false,
    )
  )
    throw new BackupError(`${file} is there already. Name another file.`);
  const client = new pg.Client({ ...connection, types: typeParsers });
  client.on("error", () => undefined);
  await client.connect();
  const draft = `${file}.part`;
  try {
    await client.query(sameText);
    await client.query("begin isolation level repeatable read, read only");
    const header = await readHeader(client, readHeads);
    const names = Object.keys(grants).filter((name) => name !== notOurs);
    const tables = (await client.query<TableHead>(tableHeads, [names])).rows;
    const rows: Record<string, number> = {};
    const out = createWriteStream(draft, { mode: 0o600, flush: true });
    await pipeline(Readable.from(readAll(client, header, tables, rows)), createGzip({ level: 1 }), out);
    await rename(draft, file);
    await syncFolder(path.dirname(path.resolve(file)));
    return { header, rows, bytes: out.bytesWritten };
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await client.end();
  }
}
