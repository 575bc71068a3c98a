import type { Logger } from "pino";
import { type Config, ConfigError } from "./config.ts";
import { BackupError, type BackupHeader } from "./db/backup/backup-format.ts";
import { readBackup } from "./db/backup/read-backup.ts";
import { restoreBackup } from "./db/backup/restore-backup.ts";
import { locateDatabase } from "./open-database.ts";

export interface RestoredBackup {
  readonly header: BackupHeader;
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Restores a backup into the empty database, or the new data folder, that the settings name. What was never made is not
 * opened first: a gateway's first start would have made it its own.
 * @throws BackupError, ConfigError
 */
export async function restoreDatabase(config: Config, log: Logger, file: string): Promise<RestoredBackup> {
  const { header, close } = await readBackup(file);
  close();
  if (header.mode !== config.mode)
    throw new BackupError(`The backup is of a ${header.mode} gateway, and KINETICPAY_MODE is ${config.mode}.`);
  const { logins, stop } = await locateDatabase(config, log, () => undefined);
  try {
    if (logins.owner === undefined)
      throw new ConfigError(["Only the owner of the tables may restore: set DATABASE_OWNER_URL."]);
    return { header, rows: await restoreBackup(logins.owner, file) };
  } finally {
    await stop();
  }
}
