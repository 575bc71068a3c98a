import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { inject } from "vitest";
import { migrationsDirectory } from "../db/migrate.ts";

/** A database as it was before a migration, for rows that a gateway of that time had written. */
export interface DatabaseOfBefore {
  readonly client: pg.Client;
  /** Runs that migration and those after it, each in a transaction of its own. */
  migrate(): Promise<void>;
  drop(): Promise<void>;
}

const read = (name: string) => readFileSync(path.join(migrationsDirectory, name), "utf8");

/** @param migration how the name of the migration's file ends */
export async function databaseOfBefore(migration: string): Promise<DatabaseOfBefore> {
  const names = readdirSync(migrationsDirectory).sort();
  const at = names.findIndex((name) => name.endsWith(migration));
  if (at < 0) throw new Error(`there is no migration ${migration}`);
  const database = `m_${randomBytes(6).toString("hex")}`;
  const admin = new pg.Client({ ...inject("postgres"), database: "postgres" });
  await admin.connect();
  await admin.query(`create database ${database} template template0`);
  const client = new pg.Client({ ...inject("postgres"), database });
  await client.connect();
  for (const name of names.slice(0, at)) await client.query(read(name));
  return {
    client,
    async migrate() {
      for (const name of names.slice(at)) await client.query(`begin; ${read(name)}; commit`);
    },
    async drop() {
      await client.end();
      await admin.query(`drop database ${database} with (force)`);
      await admin.end();
    },
  };
}
