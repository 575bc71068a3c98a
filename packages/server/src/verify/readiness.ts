import type { Gateway } from "../gateway.ts";
import { lastVerification } from "./verifications.ts";

/** Whether the last proof found everything as it must be; `unproved` when there was none yet. */
export type BooksStanding = "proved" | "faulty" | "unproved";

/** How the gateway stands, as its database tells; undefined when that does not answer. */
export async function readiness(gateway: Pick<Gateway, "db" | "log">): Promise<BooksStanding | undefined> {
  try {
    const last = await lastVerification(gateway.db);
    if (last === undefined) return "unproved";
    return last.faultCount === 0 ? "proved" : "faulty";
  } catch (error) {
    gateway.log.warn({ err: error }, "the database does not answer");
    return undefined;
  }
}
