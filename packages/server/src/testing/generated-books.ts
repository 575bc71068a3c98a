import { readFile } from "node:fs/promises";
import pg from "pg";
import type { TestDatabase } from "./test-database.ts";

const script = new URL("../../../../bench/books.sql", import.meta.url);

/** Fills a test's database with that many payments and all that belongs to them; see the script. Nothing is sealed yet. */
export async function generateBooks(database: TestDatabase, payments: number): Promise<void> {
  const client = new pg.Client(database.superuser);
  await client.connect();
  try {
    await client.query("begin");
    await client.query("select set_config('books.payments', $1, true)", [String(payments)]);
    await client.query(await readFile(script, "utf8"));
    await client.query("commit; analyze");
  } finally {
    await client.end();
  }
}
