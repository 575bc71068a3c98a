import { idAtTime } from "@kineticpay/contract/ids";
import type { Gateway } from "../gateway.ts";
import { deleteOlder } from "./store.ts";

const dayMs = 86_400_000;
const batch = 1_000;
/** A stranger's call is only of use to the developer who has just made it. */
const strangersDays = 2;

/** Removes calls that are older than they are to be kept, a batch at a time. Returns how many rows went. */
export async function reapCalls(gateway: Gateway): Promise<number> {
  const now = gateway.clock.now().getTime();
  const days = gateway.config.requestLogDays;
  const before = (age: number) => idAtTime("request", now - age * dayMs);
  const gone = await deleteOlder(gateway.db, before(days), false, batch);
  return gone > 0 || days <= strangersDays ? gone : deleteOlder(gateway.db, before(strangersDays), true, batch);
}
