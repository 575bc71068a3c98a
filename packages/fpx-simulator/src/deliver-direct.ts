import { randomUUID } from "node:crypto";
import { type Exchange, noteMessage } from "./exchange.ts";
import type { Delivery, MessageAnswer } from "./transaction.ts";

/** How long an AC that is to come after the browser waits for a buyer who never returns. */
export const longestHoldMs = 60_000;

/**
 * Sends direct AC messages until each is acknowledged by exactly `OK`, on the exchange's resend schedule, and gives up
 * after its limit. What is still waiting when the simulator stops goes on after the next start.
 */
export class DirectDelivery {
  readonly #exchange: Exchange;
  readonly #inFlight = new Set<string>();
  readonly #waitingForFirstTry = new Map<string, () => void>();

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** Queues one message, due after `delayMs`; answers its id. */
  enqueue(orderNo: string, body: string, options: { delayMs: number; held: boolean }): string {
    const id = randomUUID();
    const dueAtMs = this.#exchange.clock.now() + options.delayMs;
    this.#reschedule({ id, orderNo, body, attempts: 0, dueAtMs, state: "waiting", held: options.held });
    return id;
  }

  /** Lets the messages of a payment that wait for the browser go after `delayMs`. */
  release(orderNo: string, delayMs: number): void {
    const { store, clock } = this.#exchange;
    const held = store.deliveries(orderNo).filter((one) => one.held && one.state === "waiting");
    for (const one of held) this.#reschedule({ ...one, held: false, dueAtMs: clock.now() + delayMs });
  }

  /** Resolves when each of these was tried once, or after `limitMs`. */
  async triedOnce(deliveryIds: readonly string[], limitMs: number): Promise<void> {
    const waiting = this.#waitingForFirstTry;
    const each = deliveryIds.map((id) => new Promise<void>((resolve) => waiting.set(id, resolve)));
    await Promise.race([Promise.all(each), this.#exchange.timers.wait(limitMs)]);
    for (const id of deliveryIds) waiting.delete(id);
  }

  /** Takes up what is waiting: when it is due, or (`now`) all that was tried before or is due, at once. */
  resume(when: "now" | "due"): void {
    const { store, clock } = this.#exchange;
    for (const one of store.waitingDeliveries()) {
      const isDue = !one.held && (one.attempts > 0 || one.dueAtMs <= clock.now());
      if (when === "due") this.#schedule(one);
      else if (isDue) this.#reschedule({ ...one, dueAtMs: clock.now() });
    }
  }

  #reschedule(delivery: Delivery): void {
    this.#exchange.store.saveDelivery(delivery);
    this.#schedule(delivery);
  }

  #schedule(delivery: Delivery): void {
    // The message may have been released or answered meanwhile, then this timer finds nothing that is due to it.
    this.#exchange.timers.after(delivery.dueAtMs - this.#exchange.clock.now(), () => {
      if (this.#current(delivery)?.dueAtMs === delivery.dueAtMs) void this.#attempt(delivery);
    });
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const { outbound, store, timers } = this.#exchange;
    if (this.#inFlight.has(delivery.id)) return;
    // Nobody to send it to yet: not an attempt. It is taken up when the address becomes known.
    if (outbound.address("/fpx/direct") === undefined) return this.#noteTried(delivery.id);
    this.#inFlight.add(delivery.id);
    const answer = await outbound.post("/fpx/direct", delivery.body);
    this.#inFlight.delete(delivery.id);
    const present = this.#current(delivery);
    if (timers.stopped() || present === undefined) return;
    const next = afterAttempt(this.#exchange, present, answer);
    store.saveDelivery(next);
    noteMessage(this.#exchange, delivery.orderNo, sentDirect(delivery.body, answer));
    this.#noteTried(delivery.id);
    if (next.state === "waiting") this.#schedule(next);
  }

  #current(delivery: Delivery): Delivery | undefined {
    const all = this.#exchange.store.deliveries(delivery.orderNo);
    return all.find((one) => one.id === delivery.id && one.state === "waiting");
  }

  #noteTried(id: string): void {
    this.#waitingForFirstTry.get(id)?.();
    this.#waitingForFirstTry.delete(id);
  }
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
