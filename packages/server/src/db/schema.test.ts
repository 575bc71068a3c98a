import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import type { Db } from "./db.ts";
import { dumpSchema } from "./dump-schema.ts";
import { migrationsDirectory } from "./migrate.ts";
import { openDb } from "./open-db.ts";

let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  const onIdleError = (error: Error) => {
    throw error;
  };
  db = openDb({ connection: database.owner, poolSize: 2, onIdleError });
});

afterAll(async () => {
  await db.close();
  await database.drop();
});

class Undo extends Error {}

/** The schema as it would be after some statements, which are then taken back. */
async function dumpAfter(...statements: readonly string[]): Promise<string> {
  let dump = "";
  const work = db.transaction("payments.change", async (tx) => {
    for (const statement of statements) await tx.query(statement);
    dump = await dumpSchema(tx);
    throw new Undo();
  });
  await expect(work).rejects.toThrow(Undo);
  return dump;
}

describe("schema.sql", () => {
  test("is what the migrations add up to (npm run schema writes it anew)", async () => {
    await expect(await dumpSchema(db)).toMatchFileSnapshot("../../schema.sql");
  });

  test("comes from migrations that are numbered without a gap", () => {
    const names = readdirSync(migrationsDirectory).sort();
    const numbers = names.map((name) => /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1]);
    expect(numbers).toEqual(names.map((_name, index) => String(index + 1).padStart(4, "0")));
  });
});

describe("the dump", () => {
  test.each([
    ["a column", "alter table payments add column planted text"],
    ["a type", "alter table payments alter column description type varchar(64)"],
    ["a default", "alter table payments alter column attempt_count set default 1"],
    ["a lifted not null", "alter table payments alter column description drop not null"],
    ["a lost constraint", "alter table ledger_postings drop constraint ledger_postings_amount_sen_check"],
    ["a lost foreign key", "alter table attempts drop constraint attempts_payment_id_fkey"],
    ["a lost unique index", "drop index payments_one_live_per_invoice"],
    ["a lost trigger", "drop trigger events_append_only on events"],
    ["a switched-off trigger", "alter table events disable trigger events_append_only"],
    [
      "a changed function",
      "create or replace function refuse_change() returns trigger language plpgsql as 'begin end'",
    ],
    ["a sequence", "create sequence planted"],
    ["a table", "create table planted ()"],
    ["a view", "create view planted as select id from payments"],
    ["an enumeration", "create type planted as enum ('a')"],
  ])("tells %s apart", async (_what, change) => {
    expect(await dumpAfter(change)).not.toBe(await dumpSchema(db));
  });

  test("is the same for the same schema, whatever came in between", async () => {
    expect(await dumpAfter("create table planted (id text)", "drop table planted")).toBe(await dumpSchema(db));
  });
});
