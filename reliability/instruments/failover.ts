import { setTimeout as pause } from "node:timers/promises";
import { startLoad } from "../cast/load.ts";
import { openPostgresPair, type PostgresPair } from "../cast/postgres-pair.ts";
import { openTown } from "../cast/town.ts";
import { untilWrites } from "../cast/write-probe.ts";
import { checkOutcomes } from "../checks/outcomes.ts";
import { checkStored } from "../checks/stored.ts";
import { type Findings, openNotebook, percentile } from "../findings.ts";
import type { Instrument, Run } from "../instrument.ts";
import { type FaultProxy, openFaultProxy } from "../proxy/fault-proxy.ts";

const writesWithinMs = 5_000;
const longestLifeMs = 2_000;

/** Kills the primary over and over under load, promotes its synchronous standby, and leads the gateway there. */
async function failOverAndOver(run: Run, times: number): Promise<Findings> {
  const notebook = openNotebook();
  const pairs: PostgresPair[] = [];
  const proxies: FaultProxy[] = [];
  const town = await openTown({
    random: run.random,
    notebook,
    async openPostgres(folder) {
      const pair = await openPostgresPair(folder);
      pairs.push(pair);
      notebook.remark(pair.version);
      return pair;
    },
    async databaseThrough(postgres) {
      const proxy = await openFaultProxy({ port: postgres.port, random: run.random.fork("proxy") });
      proxies.push(proxy);
      return postgres.url(proxy.port);
    },
  });
  const [pair] = pairs;
  const [proxy] = proxies;
  try {
    if (pair === undefined || proxy === undefined) throw new Error("the town was built without its pair");
    const load = startLoad(town, { workers: 8 });
    const moments = run.random.fork("moments");
    for (let time = 1; time <= times; time += 1) {
      await pause(moments.fraction() * longestLifeMs);
      const began = performance.now();
      await pair.failOver();
      notebook.time("promoted", performance.now() - began);
      // The address that everybody uses now leads to the new primary, as a failover's does.
      proxy.pointTo(pair.port);
      proxy.resetAll();
      const writesMs = await untilWrites(town, 4 * writesWithinMs);
      notebook.count("failovers");
      notebook.time("writes again", writesMs);
      if (writesMs > writesWithinMs)
        notebook.violation(`failover ${time}: writes came ${Math.round(writesMs)} ms after it`);
      if (town.gateway.program.hasEnded()) notebook.violation(`the gateway ended: ${town.gateway.program.stderr()}`);
      await checkStored(town, `after failover ${time}`);
      await pair.addStandby();
    }
    run.say(`${times} failovers`);
    await load.finish();
    await checkStored(town, "at the end");
    await checkOutcomes(town);
    return notebook.findings();
  } finally {
    await town.close();
    await proxy?.close();
  }
}

const failoversASlice = 10;

export const failover: Instrument = {
  name: "failover",
  row: 6,
  hazard: "The database's primary is lost, and its synchronous standby promoted",
  promise: "The gateway goes on with the new one, and loses nothing",
  target: "20 failovers: 0 lost; writes again within 5 s of the new primary; the process never ends",
  slices: 20 / failoversASlice,
  long: (run) => failOverAndOver(run, failoversASlice),
  figure: ({ counts, samples }) =>
    `${counts["failovers"]} failovers, ${counts["payments"]} payments: ${counts["violations"]} violations; promoted in p50 ` +
    `${Math.round(percentile(samples["promoted"], 0.5))} ms, writes again p99 ${Math.round(percentile(samples["writes again"], 0.99))} ms after`,
};
