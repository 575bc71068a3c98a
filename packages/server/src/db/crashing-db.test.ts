import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { crashingDb } from "./crashing-db.ts";
import type { Db } from "./db.ts";
import { openDb } from "./open-db.ts";

let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  const onIdleError = (error: Error) => {
    throw error;
  };
  db = openDb({ connection: database.connection, poolSize: 4, onIdleError });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const insert = "insert into merchants (id, name, created_at) values ($1, 'Kedai Ujian', now())";
const stored = async (id: string) => (await db.query("select 1 from merchants where id = $1", [id])).length > 0;

/** What was passed. A pass may throw in the place of a kill: nothing that follows it is done then either. */
const passed: string[] = [];
let dieAt = "";
const crashing = () =>
  crashingDb(db, (label) => {
    passed.push(label);
    if (label === dieAt) throw new Error("died");
  });
beforeEach(() => {
  passed.length = 0;
  dieAt = "";
});

it("passes a label on each side of a commit, and none for what is read, rehearsed or rolled back", async () => {
  await crashing().write("merchants.create", insert, ["m1"]);
  await crashing().transaction("cases.close", (tx) => tx.query("select 1"));
  await crashing().query("select 1");
  await crashing().rehearse((rehearsal) => rehearsal.write("merchants.create", insert, ["m2"]));
  await crashing().enclose("payments.change", (enclosed) => enclosed.write("merchants.create", insert, ["m3"]));
  const failing = crashing().transaction("payments.settle", async () => {
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(passed).toEqual([
    "before:merchants.create",
    "after:merchants.create",
    "before:cases.close",
    "after:cases.close",
    "before:payments.change",
    "after:payments.change",
  ]);
});

it.each([
  ["before:merchants.create", false],
  ["after:merchants.create", true],
])("passes %s while the commit is stored: %s", async (label, isStored) => {
  dieAt = label;
  await expect(crashing().write("merchants.create", insert, [`${label} alone`])).rejects.toThrow("died");
  expect(await stored(`${label} alone`)).toBe(isStored);
  const together = crashing().transaction("merchants.create", (tx) => tx.query(insert, [`${label} together`]));
  await expect(together).rejects.toThrow("died");
  expect(await stored(`${label} together`)).toBe(isStored);
  const enclosed = crashing().enclose("merchants.create", (inner) =>
    inner.transaction("cases.close", (tx) => tx.query(insert, [`${label} enclosed`])),
  );
  await expect(enclosed).rejects.toThrow("died");
  expect(await stored(`${label} enclosed`)).toBe(isStored);
});
