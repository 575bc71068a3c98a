import pg from "pg";
import { expect } from "vitest";
import type { Queryable } from "../db/db.ts";
import type { ChainHead } from "../ledger/chain-head.ts";
import { type Proof, prove } from "../verify/prove.ts";
import type { TestDatabase } from "./test-database.ts";

/** Somebody to whom nothing is forbidden: a superuser with all triggers off. */
export interface Forger {
  /** What is proved after some statements, with the gateway's own rights; the statements are taken back afterwards. */
  provenAfter(statements: readonly string[], known?: readonly ChainHead[]): Promise<Proof>;
  close(): Promise<void>;
}

export async function openForger(database: TestDatabase): Promise<Forger> {
  const superuser = new pg.Client(database.superuser);
  await superuser.connect();
  const db: Queryable = {
    query: async <R>(text: string, values: readonly unknown[] = []) =>
      (await superuser.query(text, [...values])).rows.map((row) =>
        "total" in row ? { ...row, total: Number(row.total) } : row,
      ) as R[],
  };
  return {
    async provenAfter(statements, known = []) {
      await superuser.query("begin");
      try {
        await superuser.query("set local session_replication_role = replica");
        let changed = 0;
        for (const statement of statements) changed += (await superuser.query(statement)).rowCount ?? 1;
        expect(changed, "the tampering must have changed something").toBeGreaterThan(0);
        await superuser.query(`set local role ${database.connection.user}`);
        return await prove(db, new Date(), known);
      } finally {
        await superuser.query("rollback");
      }
    },
    close: () => superuser.end(),
  };
}
