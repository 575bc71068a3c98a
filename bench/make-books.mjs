import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { startEmbeddedPostgres } from "../packages/server/dist/db/embedded/embedded-postgres.js";
import { migrate } from "../packages/server/dist/db/migrate.js";
import { openDb } from "../packages/server/dist/db/open-db.js";
import { sealBookings } from "../packages/server/dist/ledger/seal-bookings.js";
import { load } from "./machine.mjs";
import { alsoWhenStopped } from "./programs.mjs";

/** Runs something, says how long it took, and hands on what came of it and the seconds. */
export async function timed(what, work) {
  const started = performance.now();
  const result = await work();
  const seconds = (performance.now() - started) / 1000;
  console.log(`${what}: ${seconds.toFixed(1)} s (load ${load()})`);
  return { result, seconds };
}

/** An embedded PostgreSQL in a folder of its own. */
export async function openPostgres() {
  const folder = await mkdtemp(path.join(tmpdir(), "kp-bench-books-"));
  const postgres = await startEmbeddedPostgres({ directory: path.join(folder, "postgres") });
  return {
    folder,
    logins: { owner: postgres.owner, application: postgres.application, role: postgres.application.user },
    close: alsoWhenStopped(async () => {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    }),
  };
}

/** Makes payments with everything that belongs to them, and seals every booking; see `books.sql`. */
export async function makeBooks({ logins }, payments) {
  await migrate(logins);
  const client = new pg.Client({ ...logins.owner, user: "postgres" });
  await client.connect();
  await client.query("begin");
  await client.query("select set_config('books.payments', $1, true)", [String(payments)]);
  await client.query(await readFile(new URL("books.sql", import.meta.url), "utf8"));
  await client.query("commit");
  await client.query("vacuum analyze");
  await client.end();
  const gateway = openBooks({ logins });
  for (let sealed = 1; sealed > 0; ) sealed = await sealBookings(gateway);
  await gateway.db.close();
}

/** As much of a gateway as verifying needs. */
export function openBooks({ logins }) {
  const db = openDb({ connection: logins.application, poolSize: 2, onIdleError: console.error, statementMs: 600_000 });
  return { db, clock: { now: () => new Date() } };
}
