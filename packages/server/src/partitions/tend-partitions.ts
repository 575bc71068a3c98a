import type { Db } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";
import { sqlStateOf } from "../seams/database-unavailable.ts";

/** Rows are counted before they go, and those without a place are moved to theirs. */
const patience = { statementMs: 10 * 60_000 };
/** lock_not_available, deadlock_detected */
const inTheWay = ["55P03", "40P01"];

type Parts = Pick<Gateway, "db" | "log">;

/** One step of the owner's, which the application may ask for and cannot direct; null when there was nothing to do. */
type Step = (db: Db) => Promise<string | null>;

const makeNext: Step = (db) =>
  db.transaction(
    "partitions.make",
    async (tx) => (await tx.query<{ name: string | null }>("select make_next_partition() as name"))[0]?.name ?? null,
    patience,
  );

const dropNext: Step = (db) =>
  db.transaction(
    "partitions.drop",
    async (tx) => (await tx.query<{ name: string | null }>("select drop_next_partition() as name"))[0]?.name ?? null,
    patience,
  );

async function tend({ db, log }: Parts, step: Step, done: string): Promise<number> {
  try {
    const partition = await step(db);
    if (partition === null) return 0;
    log.info({ partition }, done);
    return 1;
  } catch (error) {
    if (!inTheWay.includes(sqlStateOf(error) ?? "")) throw error;
    // Payments come first. Partitions are made long before they are needed, and none is in a hurry to go.
    log.debug({ err: error }, "a partition was in use, and is left for later");
    return 0;
  }
}

/**
 * Makes one partition that is wanted soon or for rows that are without one, and drops one that has been kept long enough.
 * Of processes that do it at once, one does.
 * @returns how much was done; nothing when somebody was in the way, who is not kept waiting for it
 */
export async function tendPartitions(gateway: Parts): Promise<number> {
  const made = await tend(gateway, makeNext, "a partition was made");
  return made + (await tend(gateway, dropNext, "a partition was dropped, since it has been kept long enough"));
}
