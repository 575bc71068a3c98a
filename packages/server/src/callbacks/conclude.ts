import { newId } from "@kineticpay/contract/ids";
import type { Gateway } from "../gateway.ts";
import { disableEndpoint } from "./disable-endpoint.ts";
import { nextAttemptAt } from "./retry-schedule.ts";
import type { AttemptResult } from "./send.ts";

/** An endpoint at which every attempt failed for so long is told nothing any more. */
export const failingDaysMs = 5 * 24 * 60 * 60 * 1000;

/**
 * Writes down what became of many attempts in one statement: the attempts, the deliveries, and since when endpoints fail.
 * What was acknowledged counts even if the lease had ended; a failure only while the lease is still ours, and not against the
 * schedule of a delivery that was planned anew meanwhile, nor against an endpoint that has another address by now. Rows of endpoints
 * are locked in the order of their ids, so that processes that write at once wait for each other in turn.
 *
 * PostgreSQL takes whatever it reads from JSON for a hundred rows, and would read a table of ten thousand deliveries whole for
 * them. The condition on `place`, which always holds, makes it expect few.
 */
const concludeText = `
  with result as (
    select * from jsonb_to_recordset($1::jsonb) as r (attempt_id text, merchant_id text, delivery_id text, endpoint_id text,
      url text, outcome text, status smallint, message text, answer text, answer_truncated boolean, retry_after_s integer,
      started_at timestamptz, duration_ms integer, lease_until timestamptz, next_attempt_at timestamptz, round_count integer, is_dropped boolean, place integer)
    where mod(r.place, 1) = 0
  ), written as (
    update deliveries d set
      status = case when r.outcome = 'delivered' then 'delivered' when d.round_count < r.round_count then 'pending'
        when r.next_attempt_at is null then 'failed' else 'pending' end,
      attempt_count = d.attempt_count + case when r.is_dropped then 0 else 1 end,
      round_count = d.round_count + case when r.is_dropped or d.round_count < r.round_count then 0 else 1 end,
      next_attempt_at = case when r.outcome = 'delivered' then null when d.round_count < r.round_count then d.next_attempt_at
        else r.next_attempt_at end,
      lease_until = null,
      last_outcome = r.outcome, last_status = r.status, last_error = case when r.outcome = 'delivered' then null else r.message end,
      last_attempt_at = case when r.is_dropped then d.last_attempt_at else r.started_at end,
      delivered_at = case when r.outcome = 'delivered' then coalesce(d.delivered_at, $2) else d.delivered_at end
    from result r
    where d.merchant_id = r.merchant_id and d.id = r.delivery_id and (r.outcome = 'delivered' or (d.status = 'pending' and d.lease_until = r.lease_until))
  ), kept as (
    insert into delivery_attempts (id, merchant_id, delivery_id, number, url, outcome, status, message, answer,
      answer_truncated, retry_after_s, started_at, duration_ms)
    select r.attempt_id, r.merchant_id, r.delivery_id, d.attempt_count + 1, r.url, r.outcome, r.status, r.message, r.answer,
      r.answer_truncated, r.retry_after_s, r.started_at, r.duration_ms
    from result r join deliveries d on d.merchant_id = r.merchant_id and d.id = r.delivery_id where not r.is_dropped
  ), tried as (
    select r.endpoint_id, bool_or(r.outcome = 'delivered') as went_well, min(r.started_at) as since
    from result r join webhook_endpoints w on w.id = r.endpoint_id and w.url = r.url
    where not r.is_dropped group by r.endpoint_id
  ), changed as (
    select w.id, tried.went_well, tried.since from webhook_endpoints w join tried on tried.endpoint_id = w.id
    where tried.went_well = (w.failing_since is not null) order by w.id for no key update of w
  ), noted as (
    update webhook_endpoints w set failing_since = case when changed.went_well then null else changed.since end
    from changed where changed.id = w.id
  )
  select w.id, w.failing_since <= $3 as is_failing
  from webhook_endpoints w join tried on tried.endpoint_id = w.id
  where w.status = 'enabled' and not tried.went_well and w.failing_since is not null`;

function rowOf(gateway: Gateway, result: AttemptResult, now: Date, place: number) {
  const { delivery, outcome } = result;
  // A 410 says that nobody will ever listen there again.
  const isOver = outcome === "delivered" || outcome === "gone" || result.isDropped === true;
  const failed = delivery.roundCount + 1;
  const wait = [gateway.config.callbackSchedule, failed, now, gateway.random, result.retryAfterS ?? 0] as const;
  return {
    place,
    attempt_id: newId("deliveryAttempt", now.getTime(), gateway.random.bytes(10)),
    merchant_id: delivery.merchantId,
    delivery_id: delivery.id,
    endpoint_id: delivery.endpointId,
    url: delivery.url,
    outcome,
    status: result.status,
    message: result.message,
    answer: result.answer.text,
    answer_truncated: result.answer.truncated,
    retry_after_s: result.retryAfterS,
    started_at: result.startedAt,
    duration_ms: result.durationMs,
    lease_until: delivery.leaseUntil,
    next_attempt_at: isOver ? null : (nextAttemptAt(...wait) ?? null),
    round_count: delivery.roundCount,
    is_dropped: result.isDropped === true,
  };
}

/**
 * Records what became of attempts, ends their leases, plans what is tried again, and switches off endpoints that are gone
 * or have failed for five days.
 */
export async function concludeAttempts(gateway: Gateway, results: readonly AttemptResult[]): Promise<void> {
  if (results.length === 0) return;
  // First, since a process that dies in between tries a delivery again that is not concluded, and so learns of it again.
  const gone = results.filter((each) => each.outcome === "gone").map(({ delivery }) => delivery);
  for (const { endpointId, url } of gone)
    if (endpointId !== null) await disableEndpoint(gateway, endpointId, "gone", url);
  const now = gateway.clock.now();
  const rows = results.map((result, place) => rowOf(gateway, result, now, place));
  const failing = await gateway.db.write<{ id: string; is_failing: boolean }>("callbacks.conclude", concludeText, [
    JSON.stringify(rows),
    now,
    new Date(now.getTime() - failingDaysMs),
  ]);
  for (const { id, is_failing } of failing) if (is_failing) await disableEndpoint(gateway, id, "failing");
}
