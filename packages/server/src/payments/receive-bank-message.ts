import type { Gateway } from "../gateway.ts";
import { MessageRejected } from "../rails/rail.ts";
import type { Route } from "./decide.ts";
import { type Settled, settlePayment } from "./settle-payment.ts";

/**
 * Takes a message that the bank network posted, directly or through a browser.
 * @param body the form exactly as it arrived: decoding it twice, or trimming it, would break its signature
 * @returns what it settled; undefined when it is not to be acknowledged, and then nothing was changed
 */
export async function receiveBankMessage(gateway: Gateway, route: Route, body: string): Promise<Settled | undefined> {
  try {
    const message = gateway.rail.readCallback(body);
    const settled = await settlePayment(gateway, route, message);
    if (settled === undefined) {
      gateway.log.warn(
        { route, order: message.orderNumber },
        "an authentic bank message names an order that is not ours",
      );
    }
    return settled;
  } catch (error) {
    if (!(error instanceof MessageRejected)) throw error;
    gateway.log.warn({ route, reason: error.reason, detail: error.message }, "a bank message was rejected");
    return undefined;
  }
}
