import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownerDb } from "../testing/owner-db.ts";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import type { Db } from "./db.ts";

const record = new URL("../../../../docs/decisions/0040-spread-over-machines.md", import.meta.url);

/** The first column of the record's table under a heading; each cell holds one name in code. */
function listedUnder(heading: string): string[] {
  const text = readFileSync(record, "utf8");
  const [, rest = ""] = text.split(`### ${heading}\n`);
  const [section = ""] = rest.split(/\n#{2,3} /);
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? "").sort();
}

/** Tables that are spread by the merchant: every one that names it, but for the merchants themselves and what is dropped. */
const spread = `
  select c.oid, c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'merchant_id'
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and not a.attisdropped`;

const columnsOf = (numbers: string, table: string) =>
  `array(select a.attname::text from unnest(${numbers}) with ordinality u (num, at)
     join pg_attribute a on a.attrelid = ${table} and a.attnum = u.num order by u.at)`;

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  db = ownerDb(database);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const named = async (text: string) => (await db.query<{ name: string }>(text)).map(({ name }) => name).sort();

describe("the record of how the schema is spread over machines", () => {
  test("names every unique key without the merchant of a table that is spread", async () => {
    const keys = await named(`
      with spread as (${spread})
      select i.relname::text as name from spread s join pg_index x on x.indrelid = s.oid and x.indisunique
        join pg_class i on i.oid = x.indexrelid
      where not 'merchant_id' = any (${columnsOf("x.indkey", "s.oid")})`);
    expect(listedUnder("Unique keys without the merchant")).toEqual(keys);
  });

  test("names every reference between tables that are spread which does not go by the merchant", async () => {
    const references = await named(`
      with spread as (${spread})
      select k.conname::text as name from pg_constraint k join spread s on s.oid = k.conrelid join spread p on p.oid = k.confrelid
      where k.contype = 'f' and k.conparentid = 0 and not 'merchant_id' = any (${columnsOf("k.conkey", "s.oid")})`);
    expect(listedUnder("References without the merchant")).toEqual(references);
  });

  test("names every table that has no merchant", async () => {
    const tables = await named(`
      select c.relname::text as name from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        and c.relname not in (select relname from (${spread}) s)`);
    expect(listedUnder("Tables without a merchant")).toEqual(tables);
  });

  test("names every hot index that does not begin with the merchant", async () => {
    const indexes = await named(`
      with spread as (${spread})
      select i.relname::text as name from spread s join pg_index x on x.indrelid = s.oid and not x.indisunique
        join pg_class i on i.oid = x.indexrelid
      where (${columnsOf("x.indkey", "s.oid")})[1] is distinct from 'merchant_id'`);
    expect(listedUnder("Indexes that begin with something else")).toEqual(indexes);
  });
});
