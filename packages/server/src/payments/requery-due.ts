import type { Gateway } from "../gateway.ts";
import { EnquiryFailed } from "../rails/rail.ts";
import { untilDoneOrWoken } from "../seams/wakeups.ts";
import { openCase } from "./cases.ts";
import { enquireAttempt } from "./enquire-attempt.ts";
import { type Attempt, isInFlight } from "./payment.ts";
import { nextEnquiryAt, unresolvedAfterMs } from "./requery-schedule.ts";
import { findAttempt } from "./store.ts";

// No more than so many at once: PayNet publishes no limit, so it is better not to find it.
const capacity = 16;
const timeoutMs = 10_000;
// Longer than an enquiry may take, and no more: after a crash its order waits for this.
const leaseMs = 15_000;

/** Takes attempts that are due and moves each to its next time at once, so that one order has one enquiry in flight. */
async function lease(gateway: Gateway, limit: number): Promise<string[]> {
  const now = gateway.clock.now();
  const rows = await gateway.db.write<{ order_number: string }>(
    "payments.lease_enquiries",
    `with due as (
       select id from attempts where next_enquiry_at <= $1 and (enquiry_lease_until is null or enquiry_lease_until <= $1)
       order by next_enquiry_at limit $3 for update skip locked)
     update attempts a set enquiry_lease_until = $2, enquiry_count = enquiry_count + 1 from due where a.id = due.id
     returning a.order_number`,
    [now, new Date(now.getTime() + leaseMs), limit],
  );
  return rows.map((row) => row.order_number);
}

/** Ends the lease, and plans the next enquiry unless one was planned meanwhile or none is needed. */
async function release(gateway: Gateway, before: Attempt): Promise<void> {
  const after = await findAttempt(gateway.db, before.orderNumber);
  if (after === undefined) return;
  const now = gateway.clock.now();
  const planned = after.nextEnquiryAt !== null && after.nextEnquiryAt > now ? after.nextEnquiryAt : null;
  const next = isInFlight(after) ? (planned ?? nextEnquiryAt(gateway.config, after, now, gateway.random)) : null;
  await gateway.db.write(
    "payments.plan_enquiry",
    `update attempts set enquiry_lease_until = null, next_enquiry_at = case when concluded_at is null then $2::timestamptz else null end
     where id = $1`,
    [after.id, next],
  );
  if (isInFlight(after) && now.getTime() - after.createdAt.getTime() >= unresolvedAfterMs) {
    const about = { merchantId: after.merchantId, paymentId: after.paymentId, attemptId: after.id };
    const detail = { order_number: after.orderNumber, code: after.railCode, enquiries: after.enquiryCount };
    await gateway.db.transaction("payments.open_unresolved", (tx) =>
      openCase(gateway, tx, about, "unresolved", detail),
    );
  }
}

async function enquireOne(gateway: Gateway, orderNumber: string): Promise<void> {
  const attempt = await findAttempt(gateway.db, orderNumber);
  if (attempt === undefined) return;
  try {
    await enquireAttempt(gateway, attempt, timeoutMs);
  } catch (error) {
    if (!(error instanceof EnquiryFailed)) throw error;
    gateway.log.warn(
      { order: orderNumber, reason: error.reason, detail: error.message },
      "an enquiry brought no answer",
    );
  } finally {
    await release(gateway, attempt);
  }
}

/**
 * Asks the network about every attempt that is due, some at a time; a slow answer holds up only its own order. An enquiry
 * without a believable answer changes nothing but the time of the next.
 * @param signal stops taking more; what is under way is still finished
 * @returns how many were asked about
 */
export async function requeryDue(gateway: Gateway, signal?: AbortSignal): Promise<number> {
  const underway = new Set<Promise<void>>();
  const faults: unknown[] = [];
  let count = 0;
  const start = (orderNumber: string) => {
    count += 1;
    const flight = enquireOne(gateway, orderNumber)
      .catch((error: unknown) => void faults.push(error))
      .finally(() => underway.delete(flight));
    underway.add(flight);
  };
  try {
    for (;;) {
      const isStopping = signal?.aborted === true || faults.length > 0;
      const due = isStopping || underway.size >= capacity ? [] : await lease(gateway, capacity - underway.size);
      for (const orderNumber of due) start(orderNumber);
      if (due.length > 0) continue;
      if (underway.size === 0) break;
      await untilDoneOrWoken(gateway.wakeups, "requery", gateway.config.pollIntervalMs, underway);
    }
  } finally {
    await Promise.all(underway);
  }
  if (faults.length > 0) throw faults[0];
  return count;
}
