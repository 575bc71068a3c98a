import { BackupError } from "../db/backup/backup-format.ts";
import { writeBackup } from "../db/backup/write-backup.ts";
import { readHeads } from "../ledger/chain-head.ts";
import { type Command, OperatorError } from "./command.ts";
import { onlyWord } from "./words.ts";

export const backupCommand: Command = {
  name: "backup",
  usage: "FILE",
  summary:
    "Write everything in the database into one new file, while the gateway goes on; keep the master key beside it",
  options: {},
  run: async (office, words) => {
    const file = onlyWord(words, "file");
    if (office.logins === undefined) throw new OperatorError("There is no way to the database.");
    try {
      const { header, rows, bytes } = await writeBackup(office.logins.application, file, readHeads);
      const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
      return {
        text: `Wrote ${total.toLocaleString("en")} rows of ${Object.keys(rows).length} tables to ${file} (${(bytes / 2 ** 20).toFixed(1)} MiB), as they were at ${header.made_at}.\nIt holds buyers' data and sealed secrets; the master key that opens them is not in it, and has to be kept as well.`,
        json: { file, bytes, made_at: header.made_at, mode: header.mode, rows, heads: header.heads },
      };
    } catch (error) {
      throw error instanceof BackupError ? new OperatorError(error.message) : error;
    }
  },
};
