import os from "node:os";
import { Client } from "pg";
import { applicationRoleOf } from "./create-database.ts";
import { superuser } from "./data-directory.ts";
import { errorCode, errorText } from "./embedded-postgres-error.ts";
import { port } from "./socket-directory.ts";

/** A session that holds the lock. `lost` comes true when the session ends, on whichever side. */
export type FolderLock = { client: Client; has: { database: boolean; role: boolean }; lost: Promise<void> };

/** What came of asking for the lock; `silent` when something listens but never answers. */
export type LockAttempt =
  | { outcome: "locked"; lock: FolderLock }
  | { outcome: "held"; holder: string }
  | { outcome: "not_listening" }
  | { outcome: "not_ready"; reason: string }
  | { outcome: "silent" };

/** Any number does, as long as every version of the gateway uses the same one. It spells "kpay". */
export const lockKey = 0x6b706179;
const holderPrefix = "kineticpay-gateway";
const answerLimitMs = 5_000;
// A gateway that was killed a moment ago may still be held for the holder until its server notices.
const graceMs = 1_000;

/**
 * Connects to the server behind the socket and asks it for the folder's lock: an advisory lock, which the kernel gives
 * back when its holder dies, and which two gateways cannot both have even when neither sees the other's process.
 * @param database the application's database; its presence, and that of the application's role, is told
 * @throws whatever Postgres answers that is neither a lock nor a matter of patience
 */
export async function tryFolderLock(socketDirectory: string, database: string): Promise<LockAttempt> {
  const client = new Client({
    host: socketDirectory,
    port,
    user: superuser,
    database: "postgres",
    application_name: `${holderPrefix} ${process.pid} on ${os.hostname()}`.slice(0, 63),
    connectionTimeoutMillis: answerLimitMs,
    query_timeout: answerLimitMs,
    ssl: false,
  });
  // A lost connection is seen by its end; without a listener it would end the gateway.
  client.on("error", () => {});
  const lost = new Promise<void>((resolve) => client.once("end", resolve));
  try {
    await client.connect();
    const deadline = Date.now() + graceMs;
    for (;;) {
      const { rows } = await client.query(
        `select pg_try_advisory_lock($1) as locked, exists (select from pg_database where datname = $2) as has_database,
           exists (select from pg_roles where rolname = $3) as has_role`,
        [lockKey, database, applicationRoleOf(database)],
      );
      if (rows[0]?.locked === true) {
        const has = { database: rows[0].has_database === true, role: rows[0].has_role === true };
        return { outcome: "locked", lock: { client, has, lost } };
      }
      if (Date.now() > deadline) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const holder = await readHolder(client);
    await client.end();
    return { outcome: "held", holder };
  } catch (error) {
    await client.end().catch(() => {});
    return explainFailure(error);
  }
}

async function readHolder(client: Client): Promise<string> {
  const { rows } = await client.query(
    `select application_name from pg_locks join pg_stat_activity using (pid)
      where locktype = 'advisory' and granted and objid = $1
        and pg_locks.database = (select oid from pg_database where datname = current_database())`,
    [lockKey],
  );
  const name: unknown = rows[0]?.application_name;
  const [, pid, host] = (typeof name === "string" && /^kineticpay-gateway (\d+) on (.*)$/.exec(name)) || [];
  return pid ? `process ${pid} on ${host}` : "an unnamed process";
}

function explainFailure(error: unknown): LockAttempt {
  const code = errorCode(error);
  const reason = errorText(error);
  if (code === "ENOENT" || code === "ECONNREFUSED") return { outcome: "not_listening" };
  // 57P03: starting, recovering or shutting down. 57P01/57P02 and cut connections: going down while we asked.
  if (code === "57P03" || code === "57P01" || code === "57P02" || code === "ECONNRESET" || code === "EPIPE") {
    return { outcome: "not_ready", reason };
  }
  if (/timeout/i.test(reason)) return { outcome: "silent" };
  if (reason.includes("Connection terminated")) return { outcome: "not_ready", reason };
  throw error;
}
