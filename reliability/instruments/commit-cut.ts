import { until } from "../../acceptance/harness/until.ts";
import { startLoad } from "../cast/load.ts";
import { openTown } from "../cast/town.ts";
import { checkOutcomes } from "../checks/outcomes.ts";
import { checkStored } from "../checks/stored.ts";
import { type Findings, openNotebook } from "../findings.ts";
import type { Instrument, Run } from "../instrument.ts";
import { cuttingCommits } from "../proxy/cut-commits.ts";
import { type FaultProxy, openFaultProxy } from "../proxy/fault-proxy.ts";

const shareOfCommits = 0.04;
const withinMs = 600_000;

/** Cuts connections to the database around commits, under load, so that nobody can know what became of them. */
async function cutCommits(run: Run, wanted: number): Promise<Findings> {
  const notebook = openNotebook();
  let made = 0;
  let share = 0;
  const proxies: FaultProxy[] = [];
  const tap = cuttingCommits({
    random: run.random.fork("cuts"),
    share: () => share,
    onCut(cut) {
      made += 1;
      notebook.count("cuts");
      notebook.count(`cut ${cut}`);
    },
  });
  const town = await openTown({
    random: run.random,
    notebook,
    async databaseThrough(postgres) {
      const proxy = await openFaultProxy({ port: postgres.port, random: run.random.fork("proxy"), tap });
      proxies.push(proxy);
      return postgres.url(proxy.port);
    },
  });
  try {
    const load = startLoad(town, { workers: 8, withOffice: true });
    share = shareOfCommits;
    const isDone = () => made >= wanted || town.gateway.program.hasEnded();
    await until(`${wanted} cuts`, isDone, withinMs);
    share = 0;
    if (town.gateway.program.hasEnded()) notebook.violation(`the gateway ended: ${town.gateway.program.stderr()}`);
    await load.finish();
    await checkStored(town, "at the end");
    await checkOutcomes(town);
    run.say(`${made} cuts`);
    return notebook.findings();
  } finally {
    await town.close();
    for (const proxy of proxies) await proxy.close();
  }
}

const cutsASlice = 200;

export const commitCut: Instrument = {
  name: "commit-cut",
  row: 5,
  hazard: "The connection breaks while a commit is under way, so that its outcome is unknown",
  promise: "It is never guessed: callers read a 503, ask again, and find one payment",
  target: "1,000 cuts: 0 lost, 0 doubled",
  slices: 1_000 / cutsASlice,
  short: (run) => cutCommits(run, 50),
  long: (run) => cutCommits(run, cutsASlice),
  figure: ({ counts }) =>
    `${counts["cuts"]} cuts (${counts["cut before it was sent"] ?? 0} before the commit was sent, ${counts["cut once it was sent"] ?? 0} ` +
    `as it was sent, ${counts["cut before its answer"] ?? 0} before its answer), ${counts["payments"]} payments: ${counts["violations"]} violations`,
};
