import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import type { Logins } from "../db/logins.ts";
import type { TestDatabase } from "./test-database.ts";

type Connection = TestDatabase["owner"];

export interface EmptyDatabase {
  readonly logins: Logins & { readonly owner: Connection; readonly application: Connection };
  readonly url: string;
  readonly ownerUrl: string;
  drop(): Promise<void>;
}

/** A database with nothing in it at all, owned as those of the tests are. */
export async function createEmptyDatabase(): Promise<EmptyDatabase> {
  const template = inject("postgres");
  const role = inject("applicationRole");
  const database = `e_${randomBytes(6).toString("hex")}`;
  const run = async (user: string, statement: string) => {
    const client = new pg.Client({ ...template, database: "postgres", user });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await run(template.user, `create database ${database} template template0`);
  const as = (user: string): Connection => ({ ...template, database, user });
  const urlOf = (user: string) =>
    `postgres://${user}@/${database}?host=${encodeURIComponent(template.host)}&port=${template.port}`;
  return {
    logins: { owner: as(template.user), application: as(role), role },
    url: urlOf(role),
    ownerUrl: urlOf(template.user),
    drop: () => run("postgres", `drop database if exists ${database} with (force)`),
  };
}
