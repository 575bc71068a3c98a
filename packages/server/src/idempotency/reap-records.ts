import type { Gateway } from "../gateway.ts";
import { deleteOlderRecords } from "./store.ts";

const dayMs = 86_400_000;
const batch = 1_000;

/** Removes records that are older than they are to be kept, a batch at a time. Returns how many went. */
export function reapRecords(gateway: Gateway): Promise<number> {
  const before = new Date(gateway.clock.now().getTime() - gateway.config.idempotencyDays * dayMs);
  return deleteOlderRecords(gateway.db, before, batch);
}
