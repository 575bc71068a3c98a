import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { findDeliveryOf, type StoredDelivery } from "../callbacks/deliveries.ts";
import { endpointView, updateEndpoint } from "../callbacks/endpoints.ts";
import { recordEvent } from "../callbacks/outbox.ts";
import type { Gateway } from "../gateway.ts";
import type { Actor } from "../merchants/audit-log.ts";
import { changingEndpoint } from "./change-endpoints.ts";
import { requireEnabled } from "./refusals.ts";

/** One test in this time, for each endpoint: the gateway is not to be had as a means of knocking at doors. */
export const testEveryS = 20;

/**
 * Sends an endpoint an event that says nothing but that it is a test, on the same way as every other. Undefined when the
 * actor can reach no such endpoint.
 * @throws GatewayError state_not_allowed, rate_exceeded
 */
export function testEndpoint(gateway: Gateway, actor: Actor, id: string): Promise<StoredDelivery | undefined> {
  return changingEndpoint(gateway, actor, id, async (tx, found) => {
    requireEnabled(found, "tested");
    const now = gateway.clock.now();
    const waitMs = found.lastTestAt === null ? 0 : found.lastTestAt.getTime() + testEveryS * 1000 - now.getTime();
    if (waitMs > 0) {
      throw new GatewayError("rate_exceeded", {
        meta: {
          policy: "webhook-test",
          limit: 1,
          window_s: testEveryS,
          safe_rate_per_s: 1 / testEveryS,
          spent_by: id,
        },
        retryAfterS: Math.ceil(waitMs / 1000),
      });
    }
    await updateEndpoint(tx, { ...found, lastTestAt: now });
    const { merchantId, collectionId } = found;
    const about = { merchantId, collectionId, data: endpointView(found), endpointId: id };
    const eventId = await recordEvent(gateway, tx, { type: "webhook_endpoint.test", ...about });
    const delivery = await findDeliveryOf(tx, eventId, id);
    if (delivery === undefined) throw new Error(`the test ${eventId} was not planned`);
    return delivery;
  });
}
