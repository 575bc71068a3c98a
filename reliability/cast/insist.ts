import { setTimeout as pause } from "node:timers/promises";
import type { Call, Caller, Reached } from "./call.ts";

export type Answer = Extract<Reached, { kind: "answer" }>;

/** A call that was answered as no call may be, whatever state the gateway is in. */
export class WrongAnswer extends Error {}

/** The load is being ended, and what was asked is left unfinished. */
export class Abandoned extends Error {}

/** Whoever insists, gives up when this says so. */
export interface Patience {
  isOver(): boolean;
}

const pauseMs = 30;

/** What a client does best to try again after: nothing that the gateway said of the call itself. */
function isTryAgain(status: number): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}

/**
 * Calls until there is an answer that settles the call, as a shop's program with a queue of its own does.
 * @throws WrongAnswer for a 500, or any other status that is not accepted
 * @throws Abandoned
 */
export async function insist(
  caller: Caller,
  call: Call,
  patience: Patience,
  accepted: readonly number[] = [200],
): Promise<Answer> {
  for (;;) {
    const reached = await caller.call(call);
    if (reached.kind === "answer" && accepted.includes(reached.status)) return reached;
    if (reached.kind === "answer" && !isTryAgain(reached.status)) {
      throw new WrongAnswer(`${call.method} ${call.url} was answered ${reached.status}: ${reached.text.slice(0, 300)}`);
    }
    if (patience.isOver()) throw new Abandoned();
    await pause(pauseMs);
  }
}

/**
 * True where a caller who had a payment asked about was told that the bank network did not answer. The load cuts some of
 * those enquiries on purpose, so it is the truth, and no failure of the gateway.
 */
export function isOfTheBanks(call: Call, reached: Reached): boolean {
  const isRequery = new URL(call.url).pathname.endsWith("/requery");
  return isRequery && reached.kind === "answer" && reached.text.includes('"code":"bank_offline"');
}
