import { idAtTime } from "@kineticpay/contract/ids";
import type { Gateway } from "../gateway.ts";

const dayMs = 86_400_000;
const batch = 1_000;

/**
 * Removes attempts that are older than they are to be kept, a batch at a time; deliveries and events stay. Returns how many
 * rows went.
 */
export async function reapAttempts(gateway: Gateway): Promise<number> {
  const beforeMs = gateway.clock.now().getTime() - gateway.config.deliveryLogDays * dayMs;
  const gone = await gateway.db.write(
    "callbacks.reap_attempts",
    `delete from delivery_attempts where id in
       (select id from delivery_attempts where id < $1 order by id limit $2) returning 1`,
    [idAtTime("deliveryAttempt", beforeMs), batch],
  );
  return gone.length;
}
