import type { Gateway } from "../gateway.ts";
import type { DeliveryFormat } from "./outbox.ts";
import { nextAttemptAt } from "./retry-schedule.ts";

export interface DueDelivery {
  readonly id: string;
  readonly merchant_id: string;
  readonly event_id: string;
  readonly format: DeliveryFormat;
  readonly url: string;
  readonly payload: unknown;
  readonly attempt_count: number;
  readonly signing_secret_sealed: Buffer;
  /** A wire-protocol callback that failed before, whose payment has a later outcome to tell. */
  readonly superseded: boolean;
}

/** What became of one attempt; `error` is null when the shop acknowledged it. */
export interface DeliveryResult {
  readonly status: number | null;
  readonly error: string | null;
  /** True when it was not sent, and never will be. */
  readonly isDropped?: boolean;
}

// Longer than a callback may take, and no more: after a crash its shop waits for this before it is told again.
const leaseMs = 20_000;

/**
 * Takes due deliveries, so that no other process takes them until the lease ends. The lease commits before anything is
 * sent: a transaction held open across the network would be held by the slowest shop.
 *
 * Wire-protocol callbacks carry no sequence number, and their shops believe the one that came last. So those of one
 * payment go out one after the other, and one that failed gives way to a later outcome instead of following it.
 * @param fullMerchants those that have as many callbacks under way as one may have
 */
export async function leaseDeliveries(
  gateway: Gateway,
  limit: number,
  fullMerchants: readonly string[],
): Promise<DueDelivery[]> {
  const now = gateway.clock.now();
  return gateway.db.write<DueDelivery>(
    "callbacks.lease",
    `with due as (
       select d.id, d.format = 'wire' and d.attempt_count > 0 and exists (
           select from deliveries later join events le on le.id = later.event_id
           where later.payment_id = d.payment_id and le.sequence > e.sequence) as superseded
       from deliveries d join events e on e.id = d.event_id
       where d.status = 'pending' and d.next_attempt_at <= $1 and (d.lease_until is null or d.lease_until <= $1)
         and d.merchant_id <> all($4::text[])
         and not (d.format = 'wire' and exists (
           select from deliveries earlier join events ee on ee.id = earlier.event_id
           where earlier.payment_id = d.payment_id and earlier.status = 'pending' and ee.sequence < e.sequence
             and (earlier.attempt_count = 0 or earlier.lease_until > $1)))
       order by d.next_attempt_at, d.id limit $3 for update of d skip locked)
     update deliveries d set lease_until = $2
     from due, events e join collections c on c.id = e.collection_id
     where d.id = due.id and e.id = d.event_id
     returning d.id, d.merchant_id, d.event_id, d.format, d.url, d.payload, d.attempt_count, c.signing_secret_sealed,
       due.superseded`,
    [now, new Date(now.getTime() + leaseMs), limit, fullMerchants],
  );
}

/** Records what became of an attempt, ends the lease, and plans the next attempt if there is to be one. */
export async function concludeDelivery(gateway: Gateway, delivery: DueDelivery, result: DeliveryResult): Promise<void> {
  const now = gateway.clock.now();
  const attempts = delivery.attempt_count + (result.isDropped === true ? 0 : 1);
  const isOver = result.error === null || result.isDropped === true;
  const next = isOver ? undefined : nextAttemptAt(gateway.config.callbackSchedule, attempts, now, gateway.random);
  const status = result.error === null ? "delivered" : next === undefined ? "failed" : "pending";
  await gateway.db.write(
    "callbacks.conclude",
    `update deliveries set status = $2, attempt_count = $3, next_attempt_at = $4, lease_until = null, last_status = $5, last_error = $6,
       delivered_at = $7 where id = $1 and status = 'pending'`,
    [delivery.id, status, attempts, next ?? null, result.status, result.error, result.error === null ? now : null],
  );
}
