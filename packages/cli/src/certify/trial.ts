import type { KineticPayEvent } from "kineticpay";
import type { Posted } from "../webhooks/post-webhook.ts";
import type { Change } from "./counted.ts";

/** The genuine events that trials are made of. All of them are real: a shop that asks the gateway finds them there. */
export interface Cast {
  /** Three payments that were paid, from `payment.created` to `payment.paid`. */
  readonly first: readonly KineticPayEvent[];
  readonly second: readonly KineticPayEvent[];
  readonly third: readonly KineticPayEvent[];
  /** A payment that nobody has paid: its `payment.created`. */
  readonly unpaid: KineticPayEvent;
  /** A payment that expired and was paid after all, from `payment.expired` on. */
  readonly late: readonly KineticPayEvent[];
}

/** One request to the shop, as it is told afterwards. */
export interface Sent {
  readonly what: string;
  readonly posted: Posted;
}

/** How a trial may send. */
export interface Courier {
  /** A genuine event, signed now. */
  send(event: KineticPayEvent): Promise<Sent>;
  /** These bytes with these headers. */
  sendRaw(what: string, headers: Readonly<Record<string, string>>, body: string): Promise<Sent>;
  /** A genuine event whose body comes in pieces over this time. */
  sendSlowly(event: KineticPayEvent, overMs: number): Promise<Sent>;
  /** The secret that the shop verifies with. */
  readonly secret: string;
  /**
   * What the shop shows of the order of an event, for comparing; undefined when it was not said where to look.
   */
  orderOf(event: KineticPayEvent): Promise<string | undefined>;
  /** How an order changes when all is well, for later trials to compare with. */
  ordinary: Change | undefined;
}

/** What a trial found. */
export interface Verdict {
  readonly passed: boolean;
  readonly sent: readonly Sent[];
  /** Why it failed, in plain words. */
  readonly why?: string;
}

export interface Trial {
  readonly name: string;
  readonly summary: string;
  readonly fix: string;
  readonly run: (courier: Courier, cast: Cast) => Promise<Verdict>;
}
