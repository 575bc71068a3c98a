import type { Db } from "../db/db.ts";
import { openDb } from "../db/open-db.ts";
import { rethrow } from "./test-core.ts";
import type { TestDatabase } from "./test-database.ts";

/** The database as who owns its tables, for a test that does what the application may not. To be closed. */
export function ownerDb(database: TestDatabase): Db {
  return openDb({ connection: database.owner, poolSize: 2, onIdleError: rethrow });
}
