import type { EventType, Payment } from "kineticpay";
import type { Stage } from "../sandbox/stage.ts";

/** Something whole that happens between a shop, a buyer and a bank. */
export interface Scenario {
  readonly name: string;
  readonly summary: string;
  /** Plays it to its end. @returns the payment that it is about, if it is about one */
  readonly play: (stage: Stage) => Promise<Payment | undefined>;
  /** The events that it must leave behind, in their order. */
  readonly events: readonly EventType[];
}
