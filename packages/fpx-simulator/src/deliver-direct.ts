import { randomUUID } from "node:crypto";
import { type Exchange, noteMessage } from "./exchange.ts";
import type { Delivery, MessageAnswer } from "./transaction.ts";

/** How long an AC that is to come after the browser waits for a buyer who never returns. */
export const longestHoldMs = 60_000;

/**
 * Sends direct AC messages until each is acknowledged by exactly `OK`, on the exchange's resend schedule, and gives up
 * after its limit. What is still waiting when the simulator stops goes on after the next start.
 */
export interface DirectDelivery {
  /** Queues one message; answers its id. */
  enqueue(orderNo: string, body: string, options: { delayMs: number; held: boolean }): string;
  /** Lets held messages of a payment go after `delayMs`. */
  release(orderNo: string, delayMs: number): void;
  /** Resolves when each of these was tried once, or after `limitMs`. */
  triedOnce(deliveryIds: readonly string[], limitMs: number): Promise<void>;
  /** Takes up what is waiting: when it is due, or (`now`) all that was tried before or is due, at once. */
  resume(when: "now" | "due"): void;
}

/** Makes the delivery for an exchange; it starts nothing by itself. */
export function createDirectDelivery(exchange: Exchange): DirectDelivery {
  const { store, timers, clock } = exchange;
  const inFlight = new Set<string>();
  const tried = new Map<string, () => void>();

  const current = (delivery: Delivery): Delivery | undefined =>
    store.deliveries(delivery.orderNo).find((one) => one.id === delivery.id && one.state === "waiting");

  const schedule = (delivery: Delivery): void => {
    // The message may have been released or answered meanwhile, then this timer finds nothing that is due to it.
    timers.after(delivery.dueAtMs - clock.now(), () => {
      if (current(delivery)?.dueAtMs === delivery.dueAtMs) void attempt(delivery);
    });
  };

  const attempt = async (delivery: Delivery): Promise<void> => {
    if (inFlight.has(delivery.id)) return;
    // Nobody to send it to yet: not an attempt. It is taken up when the address becomes known.
    if (exchange.outbound.address("/fpx/direct") === undefined) return noteTried(delivery.id);
    inFlight.add(delivery.id);
    const answer = await exchange.outbound.post("/fpx/direct", delivery.body);
    inFlight.delete(delivery.id);
    const present = current(delivery);
    if (timers.stopped() || present === undefined) return;
    const next = afterAttempt(exchange, present, answer);
    store.saveDelivery(next);
    noteMessage(exchange, delivery.orderNo, sentDirect(delivery.body, answer));
    noteTried(delivery.id);
    if (next.state === "waiting") schedule(next);
  };

  const noteTried = (id: string): void => {
    tried.get(id)?.();
    tried.delete(id);
  };

  const reschedule = (delivery: Delivery): void => {
    store.saveDelivery(delivery);
    schedule(delivery);
  };

  return {
    enqueue(orderNo, body, { delayMs, held }) {
      const id = randomUUID();
      reschedule({ id, orderNo, body, attempts: 0, dueAtMs: clock.now() + delayMs, state: "waiting", held });
      return id;
    },
    release(orderNo, delayMs) {
      const held = store.deliveries(orderNo).filter((one) => one.held && one.state === "waiting");
      for (const one of held) reschedule({ ...one, held: false, dueAtMs: clock.now() + delayMs });
    },
    async triedOnce(deliveryIds, limitMs) {
      const each = deliveryIds.map((id) => new Promise<void>((resolve) => tried.set(id, resolve)));
      await Promise.race([Promise.all(each), timers.wait(limitMs)]);
      for (const id of deliveryIds) tried.delete(id);
    },
    resume(when) {
      for (const one of store.waitingDeliveries()) {
        if (when === "due") schedule(one);
        else if (!one.held && (one.attempts > 0 || one.dueAtMs <= clock.now()))
          reschedule({ ...one, dueAtMs: clock.now() });
      }
    },
  };
}

/** The record of one direct AC and its answer, for the payment's list of messages. */
export function sentDirect(body: string, answer: MessageAnswer) {
  return { direction: "sent", type: "AC", route: "direct", body, answer } as const;
}

function afterAttempt(exchange: Exchange, delivery: Delivery, answer: MessageAnswer): Delivery {
  const attempts = delivery.attempts + 1;
  if (answer.acknowledged) return { ...delivery, attempts, held: false, state: "acknowledged" };
  if (attempts >= exchange.resendLimit) return { ...delivery, attempts, held: false, state: "given_up" };
  const delays = exchange.resendDelaysMs;
  const delayMs = delays[Math.min(attempts, delays.length) - 1] ?? 60_000;
  return { ...delivery, attempts, held: false, dueAtMs: exchange.clock.now() + delayMs };
}
