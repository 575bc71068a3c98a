import type { Logger } from "pino";
import type { Writer } from "../db/db.ts";
import { DatabaseUnavailable } from "../seams/database-unavailable.ts";
import { toRow } from "./log-row.ts";
import type { LoggedCall, LogRow } from "./logged-call.ts";
import { insertRows } from "./store.ts";

async function toRows(calls: readonly LoggedCall[], log: Logger): Promise<LogRow[]> {
  const rows: LogRow[] = [];
  for (const call of calls) {
    try {
      rows.push(await toRow(call));
    } catch (error) {
      log.warn({ err: error, request: call.id }, "a call could not be redacted, so it is not in the request log");
    }
  }
  return rows;
}

/** One row that the database refuses must not take its batch along. */
async function writeOneByOne(db: Writer, rows: readonly LogRow[], log: Logger): Promise<number> {
  let written = 0;
  for (const row of rows) {
    try {
      await insertRows(db, [row]);
      written += 1;
    } catch (error) {
      if (error instanceof DatabaseUnavailable) throw error;
      log.warn({ err: error, request: row.id }, "a call could not be written to the request log");
    }
  }
  return written;
}

/**
 * Redacts calls and writes them in one statement. Returns how many are in the log.
 * @throws DatabaseUnavailable
 */
export async function writeCalls(db: Writer, calls: readonly LoggedCall[], log: Logger): Promise<number> {
  const rows = await toRows(calls, log);
  if (rows.length === 0) return 0;
  try {
    await insertRows(db, rows);
    return rows.length;
  } catch (error) {
    if (error instanceof DatabaseUnavailable) throw error;
    return writeOneByOne(db, rows, log);
  }
}
