import type { Gateway } from "../gateway.ts";
import { OutboundError } from "../seams/outbound.ts";
import { sealPurposes } from "../seams/seal.ts";
import type { DeliveryFormat } from "./outbox.ts";
import { nextAttemptAt } from "./retry-schedule.ts";
import { signStandardWebhook } from "./sign.ts";
import { type WirePayload, wireFields } from "./wire-callback.ts";

interface DueDelivery {
  readonly id: string;
  readonly event_id: string;
  readonly format: DeliveryFormat;
  readonly url: string;
  readonly payload: unknown;
  readonly attempt_count: number;
  readonly signing_secret_sealed: Buffer;
}

const batchSize = 32;
const leaseMs = 60_000;
const timeoutMs = 15_000;
const maximumAnswerBytes = 16 * 1024;

/**
 * Takes due deliveries, so that no other process takes them until the lease ends. The lease commits before anything is
 * sent: a transaction held open across the network would be held by the slowest shop.
 */
async function lease(gateway: Gateway): Promise<DueDelivery[]> {
  const now = gateway.clock.now();
  return gateway.db.query<DueDelivery>(
    `with due as (
       select id from deliveries where status = 'pending' and next_attempt_at <= $1 and (lease_until is null or lease_until <= $1)
       order by next_attempt_at limit $3 for update skip locked)
     update deliveries d set lease_until = $2
     from due, events e join collections c on c.id = e.collection_id
     where d.id = due.id and e.id = d.event_id
     returning d.id, d.event_id, d.format, d.url, d.payload, d.attempt_count, c.signing_secret_sealed`,
    [now, new Date(now.getTime() + leaseMs), batchSize],
  );
}

async function compose(
  gateway: Gateway,
  delivery: DueDelivery,
): Promise<{ headers: Record<string, string>; body: string }> {
  if (delivery.format === "wire") {
    const fields = await wireFields(gateway, delivery.payload as WirePayload);
    return {
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(fields).toString(),
    };
  }
  const body = JSON.stringify(delivery.payload);
  const timestampS = Math.floor(gateway.clock.now().getTime() / 1000);
  const secret = gateway.seal.open(delivery.signing_secret_sealed, sealPurposes.signingSecret);
  return {
    headers: {
      "content-type": "application/json",
      "webhook-id": delivery.event_id,
      "webhook-timestamp": String(timestampS),
      "webhook-signature": signStandardWebhook(secret, delivery.event_id, timestampS, body),
    },
    body,
  };
}

interface Result {
  readonly status: number | null;
  readonly error: string | null;
}

async function send(gateway: Gateway, delivery: DueDelivery): Promise<Result> {
  try {
    const { headers, body } = await compose(gateway, delivery);
    const answer = await gateway.outbound.post({
      url: delivery.url,
      headers,
      body,
      timeoutMs,
      maximumBytes: maximumAnswerBytes,
    });
    const received = answer.status >= 200 && answer.status < 300;
    return { status: answer.status, error: received ? null : `answered ${answer.status}` };
  } catch (error) {
    if (error instanceof OutboundError) return { status: null, error: error.message };
    gateway.log.error({ err: error, delivery: delivery.id }, "a callback could not be composed");
    return { status: null, error: "the callback could not be composed" };
  }
}

async function settleDelivery(gateway: Gateway, delivery: DueDelivery, result: Result): Promise<void> {
  const now = gateway.clock.now();
  const attempts = delivery.attempt_count + 1;
  const next =
    result.error === null ? undefined : nextAttemptAt(gateway.config.callbackSchedule, attempts, now, gateway.random);
  const status = result.error === null ? "delivered" : next === undefined ? "failed" : "pending";
  await gateway.db.query(
    `update deliveries set status = $2, attempt_count = $3, next_attempt_at = $4, lease_until = null, last_status = $5, last_error = $6,
       delivered_at = $7 where id = $1 and status = 'pending'`,
    [delivery.id, status, attempts, next ?? null, result.status, result.error, result.error === null ? now : null],
  );
}

/**
 * Sends every callback that is due, side by side. At least once: a crash between the answer and its record sends it again,
 * under the same id.
 * @returns how many were sent
 */
export async function deliverDue(gateway: Gateway): Promise<number> {
  const due = await lease(gateway);
  await Promise.all(due.map(async (delivery) => settleDelivery(gateway, delivery, await send(gateway, delivery))));
  return due.length;
}
