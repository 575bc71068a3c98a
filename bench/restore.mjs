// What it takes to back up a million payments, and to restore them into a new folder, up to the proof that the chains end where
// they ended before.
//
//   node bench/restore.mjs [payments]     after npm run build
import { stat } from "node:fs/promises";
import path from "node:path";
import { restoreBackup } from "../packages/server/dist/db/backup/restore-backup.js";
import { writeBackup } from "../packages/server/dist/db/backup/write-backup.js";
import { migrate } from "../packages/server/dist/db/migrate.js";
import { readHeads } from "../packages/server/dist/ledger/chain-head.js";
import { verify } from "../packages/server/dist/verify/verify.js";
import { sayMachine } from "./machine.mjs";
import { makeBooks, openBooks, openPostgres, timed } from "./make-books.mjs";

const limitS = 300;
const [payments = 1_000_000] = process.argv.slice(2).map(Number);

sayMachine();
const source = await openPostgres();
const target = await openPostgres();
try {
  await timed(`making ${payments} payments and sealing their bookings`, () => makeBooks(source, payments));
  const file = path.join(source.folder, "books.kpbackup");
  const { result: written } = await timed("backup", () => writeBackup(source.logins.application, file, readHeads));
  console.log(`${((await stat(file)).size / 2 ** 20).toFixed(0)} MiB, ${JSON.stringify(written.rows)}`);
  const { seconds: restoring } = await timed("restore", async () => {
    await restoreBackup(target.logins.owner, file);
    await migrate(target.logins);
  });
  const gateway = openBooks(target);
  const { result: report, seconds: proving } = await timed("verify", () =>
    verify(gateway, { heads: written.header.heads }),
  );
  await gateway.db.close();
  if (report.faultCount > 0) throw new Error(JSON.stringify(report.faults.slice(0, 5)));
  if (JSON.stringify(report.heads) !== JSON.stringify(written.header.heads)) throw new Error("the heads differ");
  const all = restoring + proving;
  console.log(`restored and proved in ${all.toFixed(0)} s of ${limitS} s: ${(all / limitS).toFixed(2)}`);
  process.exitCode = all <= limitS ? 0 : 1;
} finally {
  await target.close();
  await source.close();
}
