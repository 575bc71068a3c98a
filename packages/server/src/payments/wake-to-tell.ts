import type { Gateway } from "../gateway.ts";

/**
 * Wakes who delivers, where there is something to deliver: waking for nobody would cost the database a look for every payment
 * that is made, and for every message of a bank.
 * @param owed how many deliveries were planned; undefined when nothing was written
 */
export function wakeToTell(gateway: Gateway | undefined, owed = 0): void {
  if (owed > 0) gateway?.wakeups.wake("deliver");
}
