import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { grantFaults } from "./apply-grants.ts";
import { grants } from "./grants.ts";
import { migrate } from "./migrate.ts";

let database: TestDatabase;
let owner: pg.Client;
const role = () => database.connection.user;
const faults = () => grantFaults(owner, role());
const startAgain = () => migrate({ owner: database.owner, application: database.connection, role: role() });

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client(database.owner);
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

async function tables(): Promise<string[]> {
  const { rows } = await owner.query<{ relname: string }>(
    "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f') and not relispartition order by relname",
  );
  return rows.map((row) => row.relname);
}

test("every table has its line in the table of grants, and every line its table", async () => {
  expect(Object.keys(grants).sort()).toEqual(await tables());
});

test("a new table without a line is seen, and nobody but its owner can touch it", async () => {
  await owner.query("create table planted (id text)");
  expect(Object.keys(grants)).not.toEqual(expect.arrayContaining(await tables()));
  await startAgain();
  const { rows } = await owner.query("select has_table_privilege($1, 'planted', 'select') as may", [role()]);
  expect(rows[0].may).toBe(false);
  await owner.query("drop table planted");
});

test("the rights in the database are those of the table of grants, for the application and for nobody else", async () => {
  expect(await faults()).toEqual({ missing: [], beyond: [] });
});

test.each([
  ["a right too many", "grant update on events to ROLE", "beyond", "events update"],
  ["a column too many", "grant update (amount_sen) on payments to ROLE", "beyond", "payments update(amount_sen)"],
  ["a right of everybody's", "grant select on merchants to public", "beyond", "everybody: merchants select"],
  ["a right that is lacking", "revoke insert on payments from ROLE", "missing", "payments insert"],
  ["a column that is lacking", "revoke update (status) on payments from ROLE", "missing", "payments update(status)"],
] as const)(
  "%s, given or taken by hand, is seen and put right at the next start",
  async (_what, statement, kind, line) => {
    await owner.query(statement.replace("ROLE", role()));
    expect((await faults())[kind]).toEqual([line]);
    await startAgain();
    expect(await faults()).toEqual({ missing: [], beyond: [] });
  },
);

test("what a later version has given is left alone by an earlier one that starts beside it", async () => {
  await owner.query("insert into migrations (name, run_on) values ('9999_later', now())");
  await owner.query(`grant delete on deliveries to ${role()}`);
  await startAgain();
  expect((await faults()).beyond).toEqual(["deliveries delete"]);
  await owner.query("delete from migrations where name = '9999_later'");
  await startAgain();
  expect(await faults()).toEqual({ missing: [], beyond: [] });
});

test("processes that start together give the rights once, and none of them fails", async () => {
  await owner.query(`revoke all on all tables in schema public from ${role()}`);
  await Promise.all(Array.from({ length: 8 }, startAgain));
  expect(await faults()).toEqual({ missing: [], beyond: [] });
});
