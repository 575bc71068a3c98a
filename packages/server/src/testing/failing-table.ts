import pg from "pg";
import { expect } from "vitest";
import type { TestCore } from "./test-core.ts";
import { wholeDatabase } from "./whole-database.ts";

/** When a write fails: at once, or only when its transaction commits. */
export type FailingMoment = "at once" | "at commit";

const failing = `create or replace function fail_for_test() returns trigger language plpgsql as
  $$ begin raise exception 'a write that fails for a test'; end $$`;

const triggerOn: Readonly<Record<FailingMoment, (table: string) => string>> = {
  "at once": (table) =>
    `create trigger fails_for_test before insert or update on ${table} for each row execute function fail_for_test()`,
  "at commit": (table) =>
    `create constraint trigger fails_for_test after insert or update on ${table} deferrable initially deferred
     for each row execute function fail_for_test()`,
};

/** Waits until nobody is at work in the database any more, also not behind somebody's back. */
async function untilQuiet(client: pg.Client): Promise<void> {
  const busy = async () => {
    const { rows } = await client.query<{ count: string }>(
      `select count(*) as count from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`,
    );
    return Number(rows[0]?.count);
  };
  await expect.poll(busy).toBe(0);
}

/**
 * Does the work while one table refuses every write, and gives what has changed in the database all the same, which ought to
 * be nothing.
 * @returns rows that are there now and were not before, or the other way round; undefined when the work did not fail
 */
export async function changesWhileFailing(
  core: TestCore,
  table: string,
  moment: FailingMoment,
  work: () => Promise<unknown>,
): Promise<string[] | undefined> {
  const client = new pg.Client(core.database.owner);
  await client.connect();
  const rowsNow = async () => new Set((await wholeDatabase(core.gateway.db)).split("\n"));
  try {
    await client.query(failing);
    const before = await rowsNow();
    await client.query(triggerOn[moment](table));
    const failed = await work().then(
      () => false,
      () => true,
    );
    await untilQuiet(client);
    await client.query(`drop trigger fails_for_test on ${table}`);
    const after = await rowsNow();
    const changed = [...[...before].filter((row) => !after.has(row)), ...[...after].filter((row) => !before.has(row))];
    return failed ? changed : undefined;
  } finally {
    await client.end();
  }
}
