import type { Gateway } from "../gateway.ts";
import { EnquiryWithheld, enquireAttempt } from "./enquire-attempt.ts";
import { type Attempt, isInFlight } from "./payment.ts";

const timeoutMs = 5_000;
const patienceMs = 500;

/**
 * Asks the network, for a buyer who waits, about every attempt in flight, for at most 5 s. Silence changes nothing and
 * is no fault of the buyer's, so it is only logged; the background goes on asking.
 */
export async function askAboutPayment(gateway: Gateway, attempts: readonly Attempt[]): Promise<void> {
  const asked = attempts.filter(isInFlight).map(async (attempt) => {
    try {
      await enquireAttempt(gateway, attempt, timeoutMs, patienceMs);
    } catch (error) {
      const level = error instanceof EnquiryWithheld ? "debug" : "warn";
      gateway.log[level](
        { err: error, order: attempt.orderNumber },
        "an enquiry for a waiting buyer brought no answer",
      );
    }
  });
  await Promise.all(asked);
}
