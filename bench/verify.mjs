// What it takes to prove a database of a million lines in the books: makes one in an embedded PostgreSQL of its own, seals
// every booking, and verifies it.
//
//   node bench/verify.mjs [payments] [runs]     after npm run build
import { verify } from "../packages/server/dist/verify/verify.js";
import { median } from "./figures.mjs";
import { sayMachine } from "./machine.mjs";
import { makeBooks, openBooks, openPostgres, timed } from "./make-books.mjs";

const limitS = 60;
// Of a hundred payments 96 are booked, two lines each, so this is a little over a million lines.
const [payments = 522_000, runs = 3] = process.argv.slice(2).map(Number);

sayMachine();
const postgres = await openPostgres();
try {
  await timed(`making ${payments} payments and sealing their bookings`, () => makeBooks(postgres, payments));
  const gateway = openBooks(postgres);
  const took = [];
  for (let run = 0; run < runs; run += 1) {
    const { result: report, seconds } = await timed("verify", () => verify(gateway));
    took.push(seconds);
    if (report.faultCount > 0) throw new Error(JSON.stringify(report.faults.slice(0, 5)));
    if (run > 0) continue;
    console.log(JSON.stringify(report.counts));
    const slowest = report.results.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, 8);
    console.log(slowest.map((each) => `  ${each.name} ${(each.durationMs / 1000).toFixed(1)}`).join("\n"));
  }
  await gateway.db.close();
  const seconds = median(took);
  console.log(`median ${seconds.toFixed(1)} s of ${limitS} s: ${(seconds / limitS).toFixed(2)}`);
  process.exitCode = seconds <= limitS ? 0 : 1;
} finally {
  await postgres.close();
}
