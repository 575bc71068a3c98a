import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";

type Connection = { readonly host: string; readonly port: number; readonly user: string; readonly database: string };

export interface TestDatabase {
  /** As the application, which owns nothing. */
  readonly connection: Connection;
  /** The same as a connection string. */
  readonly url: string;
  /** As who owns the tables, for a test that does what the application may not. */
  readonly owner: Connection;
  readonly ownerUrl: string;
  /** As the superuser, for a test that does what nobody may. */
  readonly superuser: Connection;
  drop(): Promise<void>;
}

async function runAs(user: string, statement: string): Promise<void> {
  const client = new pg.Client({ ...inject("postgres"), database: "postgres", user });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function urlOf({ user, database, host, port }: Connection): string {
  return `postgres://${user}@/${database}?host=${encodeURIComponent(host)}&port=${port}`;
}

/** A fresh, migrated database for one test. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = inject("postgres");
  const database = `t_${randomBytes(6).toString("hex")}`;
  await runAs(template.user, `create database ${database} template ${template.database} strategy file_copy`);
  const as = (user: string) => ({ ...template, database, user });
  const connection = as(inject("applicationRole"));
  const owner = as(template.user);
  return {
    connection,
    url: urlOf(connection),
    owner,
    ownerUrl: urlOf(owner),
    superuser: as("postgres"),
    // Only a superuser may end the sessions of both roles.
    drop: () => runAs("postgres", `drop database if exists ${database} with (force)`),
  };
}
