import { setTimeout as sleep } from "node:timers/promises";
import type { Gateway } from "../gateway.ts";
import { EnquiryFailed, MessageRejected, type RailMessage } from "../rails/rail.ts";
import { permit } from "./enquiry-pace.ts";
import { lockExchange, noteAnswer, noteFault, savePermission } from "./exchange-state.ts";
import type { Attempt } from "./payment.ts";
import { type Settled, settlePayment } from "./settle-payment.ts";

/** The network was not asked: it has had all the enquiries that it may have for now, or does not answer at all. */
export class EnquiryWithheld extends Error {
  readonly why: "paced" | "open";
  readonly retryAfterMs: number;
  constructor(why: EnquiryWithheld["why"], retryAfterMs: number) {
    super(why === "open" ? "the bank network does not answer" : "the bank network may not be asked more often");
    this.why = why;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Waits for a turn to ask, as long as patience lasts. Throws EnquiryWithheld. */
async function awaitTurn(gateway: Gateway, patienceMs: number): Promise<void> {
  const { rail, config } = gateway;
  const permission = await gateway.db.transaction("payments.take_turn", async (tx) => {
    const now = gateway.clock.now();
    const state = await lockExchange(tx, rail.name, now);
    const found = permit(state, now.getTime(), { kind: "caller", patienceMs }, config.enquiryRatePerS);
    await savePermission(tx, rail.name, found.state);
    return found;
  });
  if (permission.granted === 0) throw new EnquiryWithheld(permission.why ?? "paced", permission.retryAfterMs);
  if (permission.startInMs > 0) await sleep(permission.startInMs);
}

/** Asks, and remembers whether the network answered; what it said is another matter. */
async function ask(gateway: Gateway, attempt: Attempt, timeoutMs: number): Promise<RailMessage> {
  try {
    const message = await gateway.rail.enquire(attempt.sent, timeoutMs);
    await noteAnswer(gateway);
    return message;
  } catch (error) {
    if (error instanceof EnquiryFailed && error.isTransportFault) await noteFault(gateway, error.message);
    else if (error instanceof EnquiryFailed || error instanceof MessageRejected) await noteAnswer(gateway);
    throw error;
  }
}

/**
 * Asks the network about one attempt and settles what it answers. Whoever calls this has permission to ask.
 * @param timeoutMs how long the network may take
 * @throws EnquiryFailed when there was no believable answer; nothing has changed then
 */
export async function enquirePermitted(gateway: Gateway, attempt: Attempt, timeoutMs: number): Promise<Settled> {
  try {
    const message = await ask(gateway, attempt, timeoutMs);
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

/**
 * The same for somebody who waits, once there is a turn.
 * @param timeoutMs how long the network may take
 * @param patienceMs how long the turn may take to come
 * @throws EnquiryFailed when there was no believable answer, EnquiryWithheld when there was no turn; nothing has changed then
 */
export async function enquireAttempt(
  gateway: Gateway,
  attempt: Attempt,
  timeoutMs: number,
  patienceMs: number,
): Promise<Settled> {
  await awaitTurn(gateway, patienceMs);
  return enquirePermitted(gateway, attempt, timeoutMs);
}
