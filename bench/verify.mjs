// What it takes to prove a database of a million lines in the books: makes one in an embedded PostgreSQL of its own, seals
// every booking, and verifies it while payments would go on.
//
//   node bench/verify.mjs [payments] [runs]     after npm run build
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { arch, cpus, loadavg, tmpdir, totalmem } from "node:os";
import path from "node:path";
import pg from "pg";
import { openDb } from "../packages/server/dist/db/db.js";
import { startEmbeddedPostgres } from "../packages/server/dist/db/embedded/embedded-postgres.js";
import { migrate } from "../packages/server/dist/db/migrate.js";
import { sealBookings } from "../packages/server/dist/ledger/seal-bookings.js";
import { verify } from "../packages/server/dist/verify/verify.js";

const limitS = 60;
// Of a hundred payments 96 are booked, two lines each, so this is a little over a million lines.
const [payments = 522_000, runs = 3] = process.argv.slice(2).map(Number);

async function timed(what, work) {
  const started = performance.now();
  const result = await work();
  console.log(`${what}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

async function generate(connection) {
  const client = new pg.Client({ ...connection, user: "postgres" });
  await client.connect();
  await client.query("begin");
  await client.query("select set_config('books.payments', $1, true)", [String(payments)]);
  await client.query(await readFile(new URL("books.sql", import.meta.url), "utf8"));
  await client.query("commit");
  await client.query("vacuum analyze");
  await client.end();
}

async function sealAll(gateway) {
  let sealed = 0;
  for (let count = 1; count > 0; sealed += count) count = await sealBookings(gateway);
  return sealed;
}

console.log(
  `${cpus().length} × ${cpus()[0]?.model.trim()}, ${arch()}, ${(totalmem() / 2 ** 30).toFixed(0)} GB, Node ${process.version}`,
);
const folder = await mkdtemp(path.join(tmpdir(), "kp-bench-verify-"));
const postgres = await startEmbeddedPostgres({ directory: path.join(folder, "postgres") });
try {
  await migrate({ ...postgres, role: postgres.application.user });
  await timed(`making ${payments} payments`, () => generate(postgres.owner));
  const db = openDb({ connection: postgres.application, poolSize: 2, onIdleError: console.error });
  const gateway = { db, clock: { now: () => new Date() } };
  await timed("sealing every booking", () => sealAll(gateway));
  const took = [];
  for (let run = 0; run < runs; run += 1) {
    const report = await verify(gateway);
    took.push(report.durationMs / 1000);
    const slowest = report.results.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, 5);
    console.log(
      `verify: ${took.at(-1)?.toFixed(1)} s, ${report.faultCount} faults, load ${loadavg()[0].toFixed(1)}; slowest ${slowest.map((each) => `${each.name} ${(each.durationMs / 1000).toFixed(1)}`).join(", ")}`,
    );
    if (run === 0) console.log(JSON.stringify(report.counts));
    if (report.faultCount > 0) throw new Error(JSON.stringify(report.faults.slice(0, 5)));
  }
  await db.close();
  const median = took.toSorted((a, b) => a - b)[Math.floor(took.length / 2)] ?? 0;
  console.log(`median ${median.toFixed(1)} s of ${limitS} s: ${(median / limitS).toFixed(2)}`);
  process.exitCode = median <= limitS ? 0 : 1;
} finally {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
