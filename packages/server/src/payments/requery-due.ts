import type { Gateway } from "../gateway.ts";
import { EnquiryFailed } from "../rails/rail.ts";
import { untilDoneOrWoken } from "../seams/wakeups.ts";
import { openCase } from "./cases.ts";
import { enquirePermitted } from "./enquire-attempt.ts";
import { type Permission, permit } from "./enquiry-pace.ts";
import { lockExchange, savePermission } from "./exchange-state.ts";
import { type Attempt, isInFlight } from "./payment.ts";
import { lateLookAt, nextEnquiryAt, soonAfterFault, unresolvedAfterMs } from "./requery-schedule.ts";
import { findAttempt } from "./store.ts";

// No more than so many at once: PayNet publishes no limit, so it is better not to find it.
const capacity = 16;
const timeoutMs = 10_000;
// Longer than an enquiry may take, and no more: after a crash its order waits for this.
const leaseMs = 15_000;

interface Leased {
  readonly orderNumbers: readonly string[];
  /** When there may be a turn for what is due and could not be taken; undefined when all was. */
  readonly retryAfterMs: number | undefined;
}

const nothing: Leased = { orderNumbers: [], retryAfterMs: undefined };

/**
 * Takes attempts that are due, so that one order has one enquiry in flight, and no more of them than the network may be asked
 * about now. The others stay due: when the network is back, they are asked about at once, as fast as it may be asked.
 */
async function lease(gateway: Gateway, limit: number): Promise<Leased> {
  const { rail, config } = gateway;
  return gateway.db.transaction("payments.lease_enquiries", async (tx) => {
    const now = gateway.clock.now();
    const due = await tx.query<{ id: string }>(
      `select id from attempts where next_enquiry_at <= $1 and (enquiry_lease_until is null or enquiry_lease_until <= $1)
       order by next_enquiry_at limit $2 for update skip locked`,
      [now, limit],
    );
    if (due.length === 0) return nothing;
    const state = await lockExchange(tx, rail.name, now);
    const asker = { kind: "background", wanted: due.length } as const;
    const found: Permission = permit(state, now.getTime(), asker, config.enquiryRatePerS);
    await savePermission(tx, rail.name, found.state);
    const rows = await tx.query<{ order_number: string }>(
      `update attempts set enquiry_lease_until = $2, enquiry_count = enquiry_count + 1 where id = any($1::text[])
       returning order_number`,
      [due.slice(0, found.granted).map((each) => each.id), new Date(now.getTime() + leaseMs)],
    );
    const retryAfterMs = found.why === undefined ? undefined : found.retryAfterMs;
    return { orderNumbers: rows.map((row) => row.order_number), retryAfterMs };
  });
}

/** Why nothing was learnt: the network's fault, or ours, where an answer came and could not be written down. */
type Fault = Pick<EnquiryFailed, "isTransportFault">;

/**
 * When to ask about an attempt again that has just been asked about; null when that is not needed.
 * @param wasPlanned false where nothing was to be asked any more by the time that it was asked
 */
function planNext(gateway: Gateway, attempt: Attempt, fault: Fault | undefined, wasPlanned: boolean): Date | null {
  if (!isInFlight(attempt) && (!wasPlanned || !gateway.rail.canEnquire(attempt.sent))) return null;
  const now = gateway.clock.now();
  const scheduled = isInFlight(attempt)
    ? nextEnquiryAt(gateway.config, attempt, now, gateway.random)
    : lateLookAt(attempt, now, fault === undefined);
  if (fault === undefined || scheduled === null) return scheduled;
  return soonAfterFault(fault, attempt, scheduled, now, gateway.random);
}

/**
 * Ends the lease, and plans the next enquiry. What was planned meanwhile stays: by the answer itself, or by a buyer who came back
 * after the question was asked, which is then asked again at once. A Date has milliseconds only, and what cannot be told from its
 * earlier self must not count as planned anew: it would be asked about without end.
 */
async function release(gateway: Gateway, before: Attempt, fault: Fault | undefined): Promise<void> {
  const after = await findAttempt(gateway.db, before.orderNumber);
  if (after === undefined) return;
  await gateway.db.write(
    "payments.plan_enquiry",
    `update attempts set enquiry_lease_until = null,
       next_enquiry_at = case when date_trunc('milliseconds', next_enquiry_at) is not distinct from $3 then $2::timestamptz else next_enquiry_at end
     where id = $1`,
    [after.id, planNext(gateway, after, fault, before.nextEnquiryAt !== null), before.nextEnquiryAt],
  );
  const now = gateway.clock.now();
  if (isInFlight(after) && now.getTime() - after.createdAt.getTime() >= unresolvedAfterMs) {
    const detail = { order_number: after.orderNumber, code: after.railCode, enquiries: after.enquiryCount };
    const about = { merchantId: after.merchantId, paymentId: after.paymentId, attemptId: after.id, detail };
    await gateway.db.transaction("payments.open_unresolved", (tx) =>
      openCase(gateway, tx, { ...about, kind: "unresolved" }),
    );
  }
}

async function enquireOne(gateway: Gateway, orderNumber: string): Promise<void> {
  const attempt = await findAttempt(gateway.db, orderNumber);
  if (attempt === undefined) return;
  let fault: Fault | undefined;
  try {
    // Of an order whose buyer was erased the network cannot be asked: what it wants repeated is gone. It is neither silent nor there.
    if (!gateway.rail.canEnquire(attempt.sent)) return;
    const { effect } = await enquirePermitted(gateway, attempt, timeoutMs);
    // An answer about another sum, or of somebody else, is authentic and is believed in nothing.
    if (effect === "facts_differ") fault = { isTransportFault: false };
  } catch (error) {
    fault = error instanceof EnquiryFailed ? error : { isTransportFault: true };
    if (!(error instanceof EnquiryFailed)) throw error;
    gateway.log.warn(
      { order: orderNumber, reason: error.reason, detail: error.message },
      "an enquiry brought no answer",
    );
  } finally {
    await release(gateway, attempt, fault);
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
      // What ends while this looks for more may be due again by then.
      const lookAgain = !isStopping && underway.size > 0;
      const leased = isStopping || underway.size >= capacity ? nothing : await lease(gateway, capacity - underway.size);
      for (const orderNumber of leased.orderNumbers) start(orderNumber);
      if (leased.retryAfterMs !== undefined) gateway.wakeups.wakeAfter("requery", leased.retryAfterMs);
      else if (leased.orderNumbers.length > 0) continue;
      if (underway.size === 0 && lookAgain) continue;
      if (underway.size === 0) break;
      await untilDoneOrWoken(gateway.wakeups, "requery", gateway.config.pollIntervalMs, underway);
    }
  } finally {
    await Promise.all(underway);
  }
  if (faults.length > 0) throw faults[0];
  return count;
}
