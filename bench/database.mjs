// Reaches past a gateway into its own PostgreSQL, to fill it, to watch it, and to measure what it can do alone.
import path from "node:path";
import pg from "pg";
import { joinRunningPostgres } from "../packages/server/dist/db/embedded/join-running.js";

/** How to reach the database of a gateway that runs, as the application does. */
export async function applicationLogin({ dataDirectory }) {
  const joined = await joinRunningPostgres(path.join(dataDirectory, "postgres"));
  if (joined === undefined) throw new Error("the gateway's PostgreSQL is not to be found");
  return joined.application;
}

/**
 * Works on the database of a gateway that runs, as its superuser.
 * @template T
 * @param {(query: (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>) => Promise<T>} work
 */
export async function inDatabase(gateway, work) {
  const client = new pg.Client({ ...(await applicationLogin(gateway)), user: "postgres" });
  await client.connect();
  try {
    return await work(async (text, values) => (await client.query(text, values)).rows);
  } finally {
    await client.end();
  }
}

/**
 * Copies a row of a table, with other values in some of its columns; whatever columns there are, they are copied.
 * @param {string} table
 * @param {string} id of the row that is copied
 * @param {Record<string, string>} changes an expression for each column that differs; `n` and `m` are the copy's numbers
 * @param {string} numbers what gives these, such as `generate_series(1, 9) n, generate_series(1, 2) m`
 */
export function copyText(table, id, changes, numbers) {
  const members = Object.entries(changes).map(([column, expression]) => `'${column}', ${expression}`);
  return `insert into ${table} select (jsonb_populate_record(original, jsonb_build_object(${members.join(", ")}))).*
    from ${table} original, ${numbers} where original.id = '${id}'`;
}
