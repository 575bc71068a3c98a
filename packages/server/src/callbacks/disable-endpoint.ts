import type { Gateway } from "../gateway.ts";
import { disabled, endpointView, lockEndpoint, updateEndpoint } from "./endpoints.ts";
import { recordEvent } from "./outbox.ts";

/**
 * Switches an endpoint off because of what it answered, and gives notice: an event for the merchant's other endpoints, the
 * reason on the endpoint itself, and a line in the operator's log. What it had still to be told is given up as it falls due,
 * and can be recovered. Does nothing for one that is off already.
 * @param url the address that answered, where it was one answer: an endpoint that has another one by now stays
 */
export async function disableEndpoint(
  gateway: Gateway,
  id: string,
  reason: "gone" | "failing",
  url?: string,
): Promise<void> {
  const off = await gateway.db.transaction("callbacks.disable_endpoint", async (tx) => {
    const found = await lockEndpoint(tx, null, id);
    if (found?.status !== "enabled" || (url !== undefined && found.url !== url)) return undefined;
    const next = disabled(found, reason, gateway.clock.now());
    await updateEndpoint(tx, next);
    const { merchantId, collectionId } = next;
    const data = endpointView(next);
    await recordEvent(gateway, tx, { type: "webhook_endpoint.disabled", merchantId, collectionId, data });
    return next;
  });
  if (off === undefined) return;
  gateway.wakeups.wake("deliver");
  const facts = { endpoint: id, merchant: off.merchantId, reason, failing_since: off.failingSince };
  gateway.log.warn(facts, "a webhook endpoint was disabled");
}
