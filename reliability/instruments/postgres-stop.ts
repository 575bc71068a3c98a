import { setTimeout as pause } from "node:timers/promises";
import { startLoad } from "../cast/load.ts";
import { openTown, type Town } from "../cast/town.ts";
import { untilWrites } from "../cast/write-probe.ts";
import { checkOutcomes } from "../checks/outcomes.ts";
import { checkStored } from "../checks/stored.ts";
import { type Findings, openNotebook, percentile } from "../findings.ts";
import type { Instrument, Run } from "../instrument.ts";
import type { Random } from "../random.ts";

const writesWithinMs = 5_000;
const longestLifeMs = 1_500;
const longestAwayMs = 700;

/** One stop of the database, in the middle of whatever is under way, and its return. */
async function stopOnce(town: Town, moments: Random, when: string): Promise<void> {
  const { notebook, postgres, gateway } = town;
  await pause(moments.fraction() * longestLifeMs);
  await postgres.stopImmediately();
  notebook.count("stops");
  await pause(moments.fraction() * longestAwayMs);
  // The one that a gateway brought is started again by the gateway.
  await postgres.start();
  const writesMs = await untilWrites(town, 4 * writesWithinMs);
  notebook.time("writes again", writesMs);
  if (writesMs > writesWithinMs)
    notebook.violation(`${when}: writes came ${Math.round(writesMs)} ms after the database`);
  if (gateway.program.hasEnded()) {
    notebook.violation(`${when}: the gateway ended: ${gateway.program.stderr()}`);
    await gateway.start();
  }
  await checkStored(town, when);
}

/** Crashes the database over and over under load, and starts it again. */
async function stopOverAndOver(run: Run, stops: number, isBrought: boolean): Promise<Findings> {
  const notebook = openNotebook();
  const town = await openTown({ random: run.random, notebook, isBrought });
  try {
    const load = startLoad(town, { workers: 8, withOffice: true });
    const moments = run.random.fork("moments");
    for (let stop = 1; stop <= stops; stop += 1) await stopOnce(town, moments, `after stop ${stop}`);
    run.say(`${stops} stops`);
    await load.finish();
    await checkStored(town, "at the end");
    await checkOutcomes(town);
    return notebook.findings();
  } finally {
    await town.close();
  }
}

const stopsASlice = 40;

export const postgresStop: Instrument = {
  name: "postgres-stop",
  row: 6,
  hazard: "The database crashes",
  promise: "The gateway goes on, answers 503 in the contract's form meanwhile, and loses nothing",
  target: "200 immediate stops: 0 lost; writes again within 5 s of the database; the process never ends",
  slices: 200 / stopsASlice,
  short: (run) => stopOverAndOver(run, 6, run.random.chance(0.5)),
  // One part in five with the database that a gateway brings.
  long: (run, slice) => stopOverAndOver(run, stopsASlice, slice === 0),
  figure: ({ counts, samples }) =>
    `${counts["stops"]} stops, ${counts["payments"]} payments: ${counts["violations"]} violations; writes again p50 ` +
    `${Math.round(percentile(samples["writes again"], 0.5))} ms, p99 ${Math.round(percentile(samples["writes again"], 0.99))} ms after the database`,
};
