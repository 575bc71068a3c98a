import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";

export interface TestDatabase {
  readonly connection: { host: string; port: number; user: string; database: string };
  /** The same as a connection string. */
  readonly url: string;
  drop(): Promise<void>;
}

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ ...inject("postgres"), database: "postgres" });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A fresh, migrated database for one test. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = inject("postgres");
  const database = `t_${randomBytes(6).toString("hex")}`;
  await asAdmin(`create database ${database} template ${template.database} strategy file_copy`);
  const connection = { ...template, database };
  return {
    connection,
    url: `postgres://${template.user}@/${database}?host=${encodeURIComponent(template.host)}&port=${template.port}`,
    drop: () => asAdmin(`drop database if exists ${database} with (force)`),
  };
}
