import { setTimeout as pause } from "node:timers/promises";
import type { Observe } from "../cast/call.ts";
import { isOfTheBanks } from "../cast/insist.ts";
import { startLoad } from "../cast/load.ts";
import { openTown, type Town } from "../cast/town.ts";
import { checkOutcomes } from "../checks/outcomes.ts";
import { checkStored } from "../checks/stored.ts";
import { type Findings, highest, openNotebook, percentile } from "../findings.ts";
import type { Instrument, Run } from "../instrument.ts";
import type { Random } from "../random.ts";

const stoppedWithinMs = 25_000;
const longestLifeMs = 1_200;

/**
 * A client with open connections may try again only where nothing was sent, which a refused connection tells. Anything else
 * is a request that failed because of a deployment.
 */
function watch(town: () => Town): Observe {
  return (call, reached) => {
    const { notebook } = town();
    const { pathname } = new URL(call.url);
    if (reached.kind === "refused") return notebook.count("refused and tried again");
    notebook.count("requests");
    if (reached.kind !== "answer") {
      const how = reached.kind === "broken" ? reached.cause : reached.kind;
      return notebook.violation(`${call.method} ${pathname} was sent and not answered: ${how}`);
    }
    if (reached.status >= 500 && !isOfTheBanks(call, reached))
      notebook.violation(`${call.method} ${pathname} was answered ${reached.status}: ${reached.text.slice(0, 200)}`);
  };
}

async function restartOnce(town: Town, moments: Random): Promise<void> {
  const { notebook, gateway } = town;
  await pause(300 + moments.fraction() * longestLifeMs);
  const ended = await gateway.stop();
  notebook.count("restarts");
  notebook.time("stopped", ended.tookMs);
  if (ended.code !== 0) notebook.violation(`a gateway that was asked to stop ended with ${ended.code ?? ended.signal}`);
  if (ended.tookMs > stoppedWithinMs) notebook.violation(`a gateway took ${Math.round(ended.tookMs)} ms to stop`);
  notebook.time("ready again", await gateway.start());
}

/** Restarts the gateway over and over under load, the way that a deployment does. */
async function restartOverAndOver(run: Run, restarts: number): Promise<Findings> {
  const notebook = openNotebook();
  const town = await openTown({ random: run.random, notebook });
  try {
    const load = startLoad(town, { workers: 10, withOffice: true, observe: watch(() => town) });
    const moments = run.random.fork("moments");
    for (let restart = 1; restart <= restarts; restart += 1) await restartOnce(town, moments);
    run.say(`${restarts} restarts`);
    await load.finish();
    await checkStored(town, "at the end");
    await checkOutcomes(town);
    return notebook.findings();
  } finally {
    await town.close();
  }
}

const restartsASlice = 25;

export const deploy: Instrument = {
  name: "deploy",
  row: 18,
  hazard: "The gateway is restarted, as for a new version",
  promise: "What has arrived is answered, what is under way is finished, and nothing is dropped",
  target: "100 restarts under load: 0 failed requests; ended within 25 s",
  slices: 100 / restartsASlice,
  short: (run) => restartOverAndOver(run, 10),
  long: (run) => restartOverAndOver(run, restartsASlice),
  figure: ({ counts, samples }) =>
    `${counts["restarts"]} restarts, ${counts["requests"]} requests: ${counts["violations"]} failed; stopped in p50 ` +
    `${Math.round(percentile(samples["stopped"], 0.5))} ms, at most ${Math.round(highest(samples["stopped"]))} ms`,
};
