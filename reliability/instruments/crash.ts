import { setTimeout as pause } from "node:timers/promises";
import { startLoad } from "../cast/load.ts";
import { openTown, type Town } from "../cast/town.ts";
import { checkOutcomes } from "../checks/outcomes.ts";
import { checkStored } from "../checks/stored.ts";
import { type Findings, openNotebook, percentile } from "../findings.ts";
import type { Instrument, Run } from "../instrument.ts";
import type { Random } from "../random.ts";
import { dieAt, everyPoint, isOrdinary, labelsOf } from "./crash-points.ts";

interface Plan {
  readonly kills: number;
  /** The longest that a gateway may live after it was ready, in milliseconds. */
  readonly lifeMs: number;
  /** How many of the kills are at named points, by chance. */
  readonly pointShare: number;
  /** With the database that a gateway brings, which lives on when it is killed. */
  readonly isBrought: boolean;
}

const workers = 8;
/** Longer than a start takes and than ordinary work needs to come by. */
const pointWithinMs = 5_000;

/** One life of the gateway, from its start to its end by SIGKILL. */
async function oneLife(town: Town, moments: Random, plan: Plan, labels: readonly string[]): Promise<void> {
  if (moments.chance(plan.pointShare)) {
    const label = moments.pick(labels);
    // What is seldom passed is killed like any other, and not waited for: `crash-points` sees to it.
    if (await dieAt(town, label, moments.whole(1, 4), pointWithinMs)) town.notebook.count("kills at named points");
    return;
  }
  town.gateway.launch();
  // One in ten dies before it is ready.
  if (!moments.chance(0.1)) {
    const readyMs = await town.gateway.untilReady();
    if (readyMs === undefined)
      return town.notebook.violation(`a gateway ended by itself: ${town.gateway.program.stderr()}`);
    town.notebook.time("ready again", readyMs);
  }
  await pause(moments.fraction() * plan.lifeMs);
  await town.gateway.kill();
}

/** Kills the gateway over and over while shops create, buyers pay and the bank confirms, and starts it again. */
async function killOverAndOver(run: Run, plan: Plan): Promise<Findings> {
  const notebook = openNotebook();
  const town = await openTown({ random: run.random, notebook, isBrought: plan.isBrought });
  try {
    const labels = (await labelsOf(town)).filter(isOrdinary);
    const load = startLoad(town, { workers, withOffice: true });
    const moments = run.random.fork("moments");
    await town.gateway.kill();
    for (let kill = 1; kill <= plan.kills; kill += 1) {
      await Promise.all([
        oneLife(town, moments, plan, labels),
        kill === 1 ? undefined : checkStored(town, `after kill ${kill - 1}`),
      ]);
      notebook.count("kills");
      if (kill % 10 === 0)
        run.say(`${kill} of ${plan.kills} kills, ${notebook.findings().counts["payments"]} payments`);
    }
    notebook.time("ready again", await town.gateway.start());
    await load.finish();
    await checkStored(town, "at the end");
    await checkOutcomes(town);
    return notebook.findings();
  } finally {
    await town.close();
  }
}

const figure = ({ counts, samples }: Findings) =>
  `${counts["kills"]} kills, ${counts["payments"]} payments, ${counts["acknowledged messages"]} messages answered OK: ` +
  `${counts["violations"]} violations; ready again p50 ${Math.round(percentile(samples["ready again"], 0.5))} ms, ` +
  `p99 ${Math.round(percentile(samples["ready again"], 0.99))} ms`;

const slow = ({ samples }: Findings) =>
  percentile(samples["ready again"], 0.99) > 2_000 ? ["a gateway took longer than 2 s to be ready again"] : [];

const killsASlice = 50;

export const crash: Instrument = {
  name: "crash",
  row: 1,
  hazard: "The process dies, at any moment",
  promise: "Nothing that was acknowledged is lost or doubled, and the next process goes on by itself",
  target: "1,000 kills: 0 violations; ready again in at most 2 s (p99)",
  slices: 1_000 / killsASlice,
  short: (run) => killOverAndOver(run, { kills: 50, lifeMs: 700, pointShare: 0.25, isBrought: false }),
  // Every second part with the database that a gateway brings.
  long: (run, slice) =>
    killOverAndOver(run, { kills: killsASlice, lifeMs: 1_500, pointShare: 0, isBrought: slice % 2 === 1 }),
  figure,
  shortfalls: (findings) => slow(findings),
};

const timesEach = 20;

export const crashPoints: Instrument = {
  name: "crash-points",
  row: 1,
  hazard: "The process dies just before a commit or a call, or just after",
  promise: "The same, at every place where the gateway commits something or calls somebody",
  target: `every point ×${timesEach}: 0 violations`,
  slices: timesEach,
  short: (run) => everyPoint(run, 0.1),
  long: (run) => everyPoint(run, 1),
  figure: (findings) => `${findings.counts["points"]} points, ${figure(findings)}`,
};
