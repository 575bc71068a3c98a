import type { KineticPayEvent, Payment } from "kineticpay";
import type { Stage } from "../sandbox/stage.ts";
import { lateSuccess } from "../scenarios/late-and-twice.ts";
import { paidTabClosed } from "../scenarios/paid.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { until } from "../until.ts";
import type { Cast } from "./trial.ts";

const eventsWithinMs = 15_000;

async function eventsOf(
  stage: Stage,
  payment: Payment,
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<KineticPayEvent[]> {
  const read = async () => {
    const { data } = await stage.client.events.list({ payment: payment.id, limit: 100 }, { signal });
    const events = [...data].sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0));
    return wanted.every((type) => events.some((event) => event.type === type)) ? events : undefined;
  };
  return until(`the events ${wanted.join(", ")}`, read, { signal, timeoutMs: eventsWithinMs });
}

async function played(stage: Stage, scenario: Scenario, signal: AbortSignal): Promise<KineticPayEvent[]> {
  const payment = await scenario.play(stage);
  if (payment === undefined) throw new Error(`${scenario.name} is about no payment`);
  return eventsOf(stage, payment, scenario.events, signal);
}

/** A stage for each payment of the cast. */
export type CastStages = readonly [first: Stage, second: Stage, third: Stage, unpaid: Stage, late: Stage];

/**
 * Makes the payments that the trials are about, in the sandbox.
 * @param stages one for each payment, since each is for an order of its own
 */
export async function makeCast(stages: CastStages, signal: AbortSignal): Promise<Cast> {
  const [forFirst, forSecond, forThird, forUnpaid, forLate] = stages;
  const [first, second, third, late] = await Promise.all([
    played(forFirst, paidTabClosed, signal),
    played(forSecond, paidTabClosed, signal),
    played(forThird, paidTabClosed, signal),
    played(forLate, lateSuccess, signal),
  ]);
  const [unpaid] = await eventsOf(forUnpaid, await forUnpaid.create(), ["payment.created"], signal);
  if (unpaid === undefined) throw new Error("a new payment has left no event");
  return { first, second, third, unpaid, late: late.slice(late.findIndex(({ type }) => type === "payment.expired")) };
}
