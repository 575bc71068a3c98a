import type { Gateway } from "../gateway.ts";
import { applyChange, closed } from "./apply.ts";
import { isInFlight } from "./payment.ts";
import { attemptsOf, lockPayment } from "./store.ts";

const batchSize = 100;

async function expireOne(gateway: Gateway, id: string): Promise<boolean> {
  return gateway.db.transaction("payments.expire", async (tx) => {
    const payment = await lockPayment(tx, id);
    const now = gateway.clock.now();
    if (payment === undefined || payment.status !== "open" || payment.expiresAt > now) return false;
    const attempts = await attemptsOf(tx, [id]);
    if (attempts.some(isInFlight)) return false;
    await applyChange(gateway, tx, closed(payment, "expired", now), attempts, ["payment.expired"]);
    return true;
  });
}

/**
 * Expires what nobody paid in time. Only open payments: one with an attempt in flight is processing, and becomes open
 * again, and so due here, only when the network has said that nothing was paid.
 * @returns how many expired
 */
export async function expireDue(gateway: Gateway): Promise<number> {
  const due = await gateway.db.query<{ id: string }>(
    "select id from payments where status = 'open' and expires_at <= $1 order by expires_at limit $2",
    [gateway.clock.now(), batchSize],
  );
  let count = 0;
  for (const { id } of due) {
    if (await expireOne(gateway, id)) count += 1;
  }
  if (count > 0) gateway.wakeups.wake("deliver");
  return count;
}
