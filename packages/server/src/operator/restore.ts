import type { Config } from "../config.ts";
import { BackupError } from "../db/backup/backup-format.ts";
import { databaseTime } from "../db/claim-mode.ts";
import type { ChainHead } from "../ledger/chain-head.ts";
import { readMasterKey } from "../master-key.ts";
import { openDatabaseBeside } from "../open-database.ts";
import { type RestoredBackup, restoreDatabase } from "../restore-database.ts";
import { followingClock } from "../seams/clock.ts";
import { createLog } from "../seams/log.ts";
import { systemRandom } from "../seams/random.ts";
import { createSeal } from "../seams/seal.ts";
import { type Report, verify } from "../verify/verify.ts";
import { type CommandAlone, OperatorError, type Printed } from "./command.ts";
import { countSealed } from "./count-sealed.ts";
import { onlyWord } from "./words.ts";

interface Proved {
  readonly report: Report;
  /** Secrets that are kept sealed, and those of them that the master key here opens. */
  readonly sealed: number;
  readonly opened: number;
}

/** Opens what was restored as a gateway would, and proves it against the heads that were kept with it. */
async function proveRestored(config: Config, header: RestoredBackup["header"]): Promise<Proved> {
  const database = await openDatabaseBeside(config, createLog("error"));
  try {
    const clock = followingClock();
    await clock.follow(() => databaseTime(database.db));
    const report = await verify({ db: database.db, clock }, { heads: header.heads as readonly ChainHead[] });
    const seal = createSeal(await readMasterKey(config), systemRandom());
    return { report, ...(await countSealed(database.db, seal)) };
  } finally {
    await database.close();
  }
}

function print({ header, rows }: RestoredBackup, { report, sealed, opened }: Proved): Printed {
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  const isProved = report.faultCount === 0;
  const isKeyRight = opened === sealed;
  const lines = [
    `Restored ${total.toLocaleString("en")} rows, as they were at ${header.made_at}.`,
    isProved
      ? `All ${report.results.length} checks hold, and the chains end where they ended then.`
      : `NOT as it must be: ${report.faultCount} faults. Run verify for all of them.`,
    ...report.faults.slice(0, 20).map((fault) => `    ${fault.check}  ${fault.subject}  ${fault.detail}`),
    isKeyRight
      ? `The master key here opens all ${sealed} sealed secrets.`
      : `The master key here opens ${opened} of ${sealed} sealed secrets: it is NOT the one they were sealed under. Put that one in its place.`,
    "What happened after the backup is not in it. The gateway asks FPX about every attempt that was under way; compare paid payments with the bank's statement.",
  ];
  return {
    text: lines.join("\n"),
    json: {
      made_at: header.made_at,
      rows,
      holds: isProved,
      fault_count: report.faultCount,
      heads: report.heads,
      secrets: { sealed, opened },
    },
    exitCode: isProved && isKeyRight ? 0 : 1,
  };
}

export const restoreCommand: CommandAlone = {
  name: "restore",
  usage: "FILE",
  summary: "Restore a backup into an empty database or a new data folder, and prove it",
  options: {},
  runAlone: async (config, words) => {
    const file = onlyWord(words, "file");
    try {
      const restored = await restoreDatabase(config, createLog("error"), file);
      return print(restored, await proveRestored(config, restored.header));
    } catch (error) {
      throw error instanceof BackupError ? new OperatorError(error.message) : error;
    }
  },
};
