import fc from "fast-check";
import { anything, openings } from "./arbitrary-commands.ts";
import type { Believed } from "./command.ts";
import { type Model, statusOf } from "./model.ts";
import { observe } from "./observe.ts";
import { openWorld, type World } from "./world.ts";

export interface ModelRun {
  /** How many sequences of commands. */
  readonly runs: number;
  readonly seed: number;
  /** Databases that are worked on side by side, each with a share of the runs and a seed of its own, counted on from `seed`. */
  readonly worlds?: number;
}

/** What a run has tried. */
export interface ModelRunResult {
  readonly sequences: number;
  readonly commands: number;
  /** How often each came out how: "tell acknowledged", "flag late_success", "status paid". */
  readonly outcomes: Readonly<Record<string, number>>;
}

/** Notes what a payment has come to, so that it can be seen that the commands reach every corner. */
function tallyPayments(model: Model, tally: (outcome: string) => void): void {
  for (const payment of model.payments) {
    tally(`status ${statusOf(payment)}`);
    for (const flag of payment.flags) tally(`flag ${flag}`);
    for (const kind of payment.attempts.flatMap(({ cases }) => cases)) tally(`case ${kind}`);
  }
}

/**
 * Does random sequences of commands to the real use-cases on real Postgres and to the model, and compares them after every
 * command: answers, status, certainty, flags, books, events, attempts and cases.
 * @throws Error with the shortest sequence found on which they differ, and the seed that leads to it (with one world)
 */
export async function runPaymentModel({ runs, seed, worlds = 3 }: ModelRun): Promise<ModelRunResult> {
  const outcomes: Record<string, number> = {};
  const tally = (outcome: string) => {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  };
  let sequences = 0;
  let commands = 0;
  const work = async (world: World, ownSeed: number) => {
    const anySequence = fc.commands([anything], { size: "max", maxCommands: 24 });
    const property = fc.asyncProperty(openings, anySequence, async (opening, sequence) => {
      await world.startAnew();
      const model: Model = { now: world.clock.now().getTime(), payments: [] };
      const believed: Believed = { model, seen: await observe(world), tally, done: 0 };
      for (const command of opening) await command.run(believed, world);
      await fc.asyncModelRun(() => ({ model: believed, real: world }), sequence);
      sequences += 1;
      commands += believed.done;
      tallyPayments(believed.model, tally);
    });
    await fc.assert(property, { seed: ownSeed, numRuns: Math.ceil(runs / worlds) });
  };
  const inOwnWorld = async (worker: number) => {
    const world = await openWorld();
    try {
      await work(world, seed + worker);
    } finally {
      await world.close();
    }
  };
  await Promise.all(Array.from({ length: worlds }, (_, worker) => inOwnWorld(worker)));
  return { sequences, commands, outcomes };
}
