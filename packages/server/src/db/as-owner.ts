import type pg from "pg";
import type { CommitName } from "../seams/crash-points.ts";
import type { Db, Tx } from "./db.ts";
import { openDb } from "./open-db.ts";

/** Runs one transaction as who owns the tables, for the few things that the application may not do itself. */
export type AsOwner = <T>(name: CommitName, work: (tx: Tx) => Promise<T>) => Promise<T>;

/**
 * A door to the owner's login. It is open only while something is done: no connection stays behind.
 * @param around what is put around the database, such as crash points
 */
export function asOwner(owner: pg.ClientConfig, around: (db: Db) => Db = (db) => db): AsOwner {
  return async (name, work) => {
    const db = around(openDb({ connection: owner, poolSize: 1, onIdleError: () => undefined }));
    try {
      return await db.transaction(name, work);
    } finally {
      await db.close();
    }
  };
}
