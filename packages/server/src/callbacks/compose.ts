import type { Gateway } from "../gateway.ts";
import { sealPurposes } from "../seams/seal.ts";
import { eventText } from "./event-text.ts";
import type { LeasedDelivery } from "./lease.ts";
import { signStandardWebhook } from "./sign.ts";
import { isWhole, wireFields } from "./wire-callback.ts";

/** What is posted. */
export interface Composed {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A delivery as its receiver is sent it at that moment. Only signature and timestamp differ between attempts. */
export async function compose(gateway: Gateway, delivery: LeasedDelivery, at: Date): Promise<Composed> {
  if (delivery.format === "wire") {
    const { payload } = delivery;
    if (payload === null || !isWhole(payload)) throw new Error(`delivery ${delivery.id} has nothing to say`);
    const fields = await wireFields(gateway, payload);
    return {
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(fields).toString(),
    };
  }
  const body = eventText(delivery.event);
  const timestampS = Math.floor(at.getTime() / 1000);
  const purpose = delivery.endpointId === null ? sealPurposes.signingSecret : sealPurposes.endpointSecret;
  const secrets = delivery.secrets.map((sealed) => gateway.seal.open(sealed, purpose));
  return {
    headers: {
      "content-type": "application/json",
      "webhook-id": delivery.event.id,
      "webhook-timestamp": String(timestampS),
      "webhook-signature": signStandardWebhook(secrets, delivery.event.id, timestampS, body),
    },
    body,
  };
}
