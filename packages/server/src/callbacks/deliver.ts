import type { Gateway } from "../gateway.ts";
import { OutboundError } from "../seams/outbound.ts";
import { sealPurposes } from "../seams/seal.ts";
import { untilDoneOrWoken } from "../seams/wakeups.ts";
import { concludeDelivery, type DeliveryResult, type DueDelivery, leaseDeliveries } from "./due-deliveries.ts";
import { signStandardWebhook } from "./sign.ts";
import { type WirePayload, wireFields } from "./wire-callback.ts";

const timeoutMs = 15_000;
/** Callbacks under way at once, in all and for one merchant, so that a shop that hangs leaves room for the others. */
const capacity = 32;
const capacityPerMerchant = 8;

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

async function send(gateway: Gateway, delivery: DueDelivery): Promise<DeliveryResult> {
  if (delivery.superseded) {
    return { status: null, error: "gave way to a later outcome of its payment", isDropped: true };
  }
  try {
    const { headers, body } = await compose(gateway, delivery);
    // The status alone is the receipt; whatever a shop prints beneath it is nobody's concern.
    const bounds = { timeoutMs, maximumBytes: 0 };
    const answer = await gateway.outbound.post({
      name: "callbacks.deliver",
      url: delivery.url,
      headers,
      body,
      ...bounds,
    });
    const received = answer.status >= 200 && answer.status < 300;
    return { status: answer.status, error: received ? null : `answered ${answer.status}` };
  } catch (error) {
    if (error instanceof OutboundError) return { status: null, error: error.message };
    gateway.log.error({ err: error, delivery: delivery.id }, "a callback could not be composed");
    return { status: null, error: "the callback could not be composed" };
  }
}

/** Merchants who have as many callbacks under way as one may have. */
function fullMerchants(underway: ReadonlyMap<Promise<void>, string>): string[] {
  const counts = new Map<string, number>();
  for (const merchant of underway.values()) counts.set(merchant, (counts.get(merchant) ?? 0) + 1);
  return [...counts].filter(([, count]) => count >= capacityPerMerchant).map(([merchant]) => merchant);
}

/**
 * Sends every callback that is due, many at a time, and whatever becomes due meanwhile. At least once: a crash between
 * the answer and its record sends it again, under the same id.
 * @param signal stops taking more; what is under way is still finished
 * @returns how many were sent
 */
export async function deliverDue(gateway: Gateway, signal?: AbortSignal): Promise<number> {
  const underway = new Map<Promise<void>, string>();
  const faults: unknown[] = [];
  let count = 0;
  const start = (delivery: DueDelivery) => {
    count += 1;
    const flight = send(gateway, delivery)
      .then((result) => concludeDelivery(gateway, delivery, result))
      .catch((error: unknown) => void faults.push(error))
      .finally(() => underway.delete(flight));
    underway.set(flight, delivery.merchant_id);
  };
  try {
    for (;;) {
      const isStopping = signal?.aborted === true || faults.length > 0;
      const limit = isStopping ? 0 : Math.min(capacity - underway.size, capacityPerMerchant);
      const full = fullMerchants(underway);
      const due = limit === 0 ? [] : await leaseDeliveries(gateway, limit, full);
      for (const delivery of due) start(delivery);
      if (due.length > 0) continue;
      if (underway.size > 0)
        await untilDoneOrWoken(gateway.wakeups, "deliver", gateway.config.pollIntervalMs, underway.keys());
      // Merchants that were left out may have had room again by the time of the answer.
      else if (isStopping || (limit > 0 && full.length === 0)) break;
    }
  } finally {
    await Promise.all(underway.keys());
  }
  if (faults.length > 0) throw faults[0];
  return count;
}
