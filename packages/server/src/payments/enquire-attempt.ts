import type { Gateway } from "../gateway.ts";
import { EnquiryFailed, MessageRejected } from "../rails/rail.ts";
import type { Attempt } from "./payment.ts";
import { type Settled, settlePayment } from "./settle-payment.ts";

/**
 * Asks the network about one attempt and settles what it answers.
 * @param timeoutMs how long the network may take
 * @throws EnquiryFailed when there was no believable answer; nothing has changed then
 */
export async function enquireAttempt(gateway: Gateway, attempt: Attempt, timeoutMs: number): Promise<Settled> {
  try {
    const message = await gateway.rail.enquire(attempt.sent, timeoutMs);
    if (message.orderNumber !== attempt.orderNumber) {
      throw new EnquiryFailed("bad_response", "the answer is about another order");
    }
    const settled = await settlePayment(gateway, "enquiry", message);
    if (settled === undefined) throw new Error(`attempt ${attempt.id} vanished`);
    return settled;
  } catch (error) {
    if (error instanceof MessageRejected) throw new EnquiryFailed("bad_response", error.message, error);
    throw error;
  }
}
