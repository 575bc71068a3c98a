import { allowListAdd, allowListRemove, allowListSet, allowListShow } from "./allow-list.ts";
import { auditList } from "./audit.ts";
import { backupCommand } from "./backup.ts";
import { casesClose, casesList } from "./cases.ts";
import { apiDisable, apiEnable, collectionsCreate, collectionsList } from "./collections.ts";
import type { Command, CommandAlone } from "./command.ts";
import { crashPointsList } from "./crash-points.ts";
import { eraseCommand } from "./erase.ts";
import { exchangeShow } from "./exchange.ts";
import { keysImport } from "./import-key.ts";
import { keysCreate, keysList, keysRevoke, keysRoll } from "./keys.ts";
import { merchantsCreate, merchantsList } from "./merchants.ts";
import { migrateCommand } from "./migrate.ts";
import { restoreCommand } from "./restore.ts";
import { verifyCommand } from "./verify.ts";

/** Every command of the operator's program. */
export const commands: readonly Command[] = [
  casesList,
  casesClose,
  merchantsList,
  merchantsCreate,
  collectionsList,
  collectionsCreate,
  keysList,
  keysCreate,
  keysRoll,
  keysRevoke,
  keysImport,
  apiEnable,
  apiDisable,
  allowListShow,
  allowListSet,
  allowListAdd,
  allowListRemove,
  auditList,
  crashPointsList,
  verifyCommand,
  eraseCommand,
  backupCommand,
  migrateCommand,
  exchangeShow,
];

/** Those that make the database which the others open. */
export const commandsAlone: readonly CommandAlone[] = [restoreCommand];
