import { setTimeout as pause } from "node:timers/promises";
import type { Observe } from "../cast/call.ts";
import { startLoad } from "../cast/load.ts";
import { openTown, type Town } from "../cast/town.ts";
import { untilWrites } from "../cast/write-probe.ts";
import { checkOutcomes } from "../checks/outcomes.ts";
import { checkStored } from "../checks/stored.ts";
import { type Findings, highest, openNotebook, percentile } from "../findings.ts";
import type { Instrument, Run } from "../instrument.ts";
import { type FaultProxy, openFaultProxy } from "../proxy/fault-proxy.ts";

interface Plan {
  readonly frozenS: number;
  /** Connections that the gateway may have; two are soon used up. */
  readonly pool: number;
  /** The server stands still, or the way to it is a hole. */
  readonly how: "stopped" | "blackhole";
}

const longestRequestMs = 5_000;
const recoveredWithinMs = 2_000;
/** By then a gateway knows that its database does not answer. */
const knownAfterMs = 3_000;
const fastMs = 500;
const growthMiB = 50;

/** Watches every answer while the database does not answer. */
function watch(town: () => Town, isFrozenForMs: () => number): Observe {
  return (call, reached) => {
    const { notebook } = town();
    notebook.time("request", reached.ms);
    if (reached.ms > longestRequestMs)
      notebook.violation(
        `${call.method} ${new URL(call.url).pathname} took ${Math.round(reached.ms)} ms (${reached.kind})`,
      );
    if (reached.kind === "broken" || reached.kind === "late")
      notebook.violation(`${call.url} was not answered: ${reached.kind}`);
    if (isFrozenForMs() < knownAfterMs + reached.ms || reached.kind !== "answer" || reached.status !== 503) return;
    notebook.count("refusals while frozen");
    notebook.time("refusal while frozen", reached.ms);
  };
}

/** Freezes the database for a while under load. */
async function freeze(run: Run, plan: Plan): Promise<Findings> {
  const notebook = openNotebook();
  const proxies: FaultProxy[] = [];
  const town = await openTown({
    random: run.random,
    notebook,
    settings: { KINETICPAY_DATABASE_POOL: String(plan.pool) },
    async databaseThrough(postgres) {
      const proxy = await openFaultProxy({ port: postgres.port, random: run.random.fork("proxy") });
      proxies.push(proxy);
      return postgres.url(proxy.port);
    },
  });
  try {
    let frozenAt = Number.POSITIVE_INFINITY;
    const observe = watch(
      () => town,
      () => performance.now() - frozenAt,
    );
    const load = startLoad(town, { workers: 12, observe });
    await untilWrites(town, longestRequestMs);
    await pause(1_000);
    const before = await town.gateway.memoryMiB();
    await (plan.how === "stopped" ? town.postgres.freeze() : proxies[0]?.weather({ blackhole: true }));
    frozenAt = performance.now();
    await pause(plan.frozenS * 1_000);
    const grown = (await town.gateway.memoryMiB()) - before;
    await (plan.how === "stopped" ? town.postgres.thaw() : proxies[0]?.weather({}));
    frozenAt = Number.POSITIVE_INFINITY;
    const recoveredMs = await untilWrites(town, 30_000);
    notebook.count("freezes");
    notebook.time("recovered", recoveredMs);
    notebook.time("grown MiB", Math.max(0, grown));
    if (grown > growthMiB) notebook.violation(`memory grew by ${Math.round(grown)} MiB while the database stood still`);
    if (recoveredMs > recoveredWithinMs)
      notebook.violation(`writes came ${Math.round(recoveredMs)} ms after the database`);
    if (town.gateway.program.hasEnded()) notebook.violation(`the gateway ended: ${town.gateway.program.stderr()}`);
    run.say(`${plan.how}, pool of ${plan.pool}: recovered in ${Math.round(recoveredMs)} ms`);
    await load.finish();
    await checkStored(town, "at the end");
    await checkOutcomes(town);
    return notebook.findings();
  } finally {
    await town.close();
    for (const proxy of proxies) await proxy.close();
  }
}

const longPlans: readonly Plan[] = [
  { frozenS: 30, pool: 12, how: "stopped" },
  { frozenS: 30, pool: 2, how: "stopped" },
  { frozenS: 30, pool: 12, how: "blackhole" },
  { frozenS: 30, pool: 2, how: "blackhole" },
];

export const postgresFrozen: Instrument = {
  name: "postgres-frozen",
  row: 7,
  hazard: "The database stands still without breaking a connection",
  promise: "Waits are bounded, then refusals are fast, and work goes on by itself afterwards",
  target: `30 s: no request over 5 s; refused within ${fastMs} ms once it is known; recovery within 2 s; memory +≤${growthMiB} MiB`,
  slices: longPlans.length,
  short: (run) => freeze(run, { frozenS: 6, pool: 4, how: "stopped" }),
  long: (run, slice) => freeze(run, longPlans[slice] ?? { frozenS: 30, pool: 12, how: "stopped" }),
  figure: ({ counts, samples }) =>
    `${counts["freezes"]} freezes: longest request ${Math.round(highest(samples["request"]))} ms, ${counts["refusals while frozen"] ?? 0} refusals ` +
    `(p99 ${Math.round(percentile(samples["refusal while frozen"], 0.99))} ms), recovery at most ${Math.round(highest(samples["recovered"]))} ms, ` +
    `memory +${Math.round(highest(samples["grown MiB"]))} MiB; ${counts["violations"]} violations`,
  shortfalls: ({ samples }) =>
    percentile(samples["refusal while frozen"], 0.99) > fastMs ? [`refusals took longer than ${fastMs} ms`] : [],
};
