import { setTimeout as pause } from "node:timers/promises";
import { openCaller } from "../cast/call.ts";
import type { GatewayProcess } from "../cast/gateway-process.ts";
import { insist, type Patience } from "../cast/insist.ts";
import { startLoad } from "../cast/load.ts";
import { bearer } from "../cast/shopper.ts";
import { openTown, type Town } from "../cast/town.ts";
import { environmentOfClock, fakerOfClocks, type WrongClock } from "../cast/wrong-clock.ts";
import { checkOutcomes } from "../checks/outcomes.ts";
import { checkStored } from "../checks/stored.ts";
import { type Findings, highest, openNotebook } from "../findings.ts";
import type { Instrument, Run } from "../instrument.ts";

const hourS = 3_600;
const clocks: readonly WrongClock[] = [
  { name: "two hours fast", skewS: 2 * hourS, speed: 1 },
  { name: "two hours slow", skewS: -2 * hourS, speed: 1 },
  { name: "running 3,600 times too fast", skewS: 0, speed: 3_600 },
];

const endless: Patience = { isOver: () => false };
/** By the database's clock. */
const lateMs = 3_000;
const toleranceMs = 100;

interface Plan {
  readonly payments: number;
  readonly by: "faketime" | "preload";
}

/** Asks the processes in turn for payments that expire in 1 to 8 seconds and that nobody pays. */
async function createShortLived(town: Town, processes: readonly GatewayProcess[], count: number): Promise<void> {
  const caller = openCaller(16);
  for (let number = 0; number < count; number += 1) {
    const process = processes[number % processes.length] ?? town.gateway;
    const body = JSON.stringify({
      amount: 1_250,
      invoice: `clock-${number}`,
      expires_in: town.random.whole(1, 8),
      success_url: "http://127.0.0.1:9/success",
      failure_url: "http://127.0.0.1:9/failure",
      callback_url: town.receiver.v2Url,
    });
    const call = { method: "POST", url: `${process.url}/api/v2/payments`, headers: bearer(town), body };
    await insist(caller, call, endless);
  }
  caller.close();
}

/** Watches by the database's clock alone until all of them have expired. */
async function watchExpiry(town: Town, count: number): Promise<void> {
  const text = `select id, status, extract(epoch from clock_timestamp() - expires_at) * 1000 as over_ms
    from payments where invoice like 'clock-%'`;
  const seen = new Set<string>();
  while (seen.size < count) {
    const rows = await town.postgres.query<{ id: string; status: string; over_ms: string }>(text);
    for (const { id, status, over_ms } of rows) {
      const overMs = Number(over_ms);
      if (seen.has(id)) continue;
      const isEarly = status === "expired" && overMs < -toleranceMs;
      const isMissed = status !== "expired" && overMs > lateMs;
      if (isEarly) town.notebook.violation(`${id} expired ${Math.round(-overMs)} ms early`);
      if (isMissed) town.notebook.violation(`${id} was still ${status} ${Math.round(overMs)} ms after its time`);
      if (status !== "expired" && !isMissed) continue;
      seen.add(id);
      town.notebook.count("expiries");
      town.notebook.time("expired late by", Math.max(0, overMs));
    }
    await pause(20);
  }
}

/** Several processes of one gateway, each on a machine with another wrong clock, and ordinary payments besides. */
async function runOnWrongClocks(run: Run, plan: Plan): Promise<Findings> {
  const notebook = openNotebook();
  const [first, ...others] = clocks;
  if (first === undefined) return notebook.findings();
  const town = await openTown({ random: run.random, notebook, settings: environmentOfClock(first, plan.by) });
  try {
    const processes = [town.gateway];
    for (const clock of others) {
      const process = await town.another(environmentOfClock(clock, plan.by));
      await process.start();
      processes.push(process);
    }
    notebook.count("processes", processes.length);
    const load = startLoad(town, { workers: 3 });
    await createShortLived(town, processes, plan.payments);
    await watchExpiry(town, plan.payments);
    await load.finish();
    await checkStored(town, "at the end");
    // The receiver compares the time of each signature with its own clock, and allows five minutes.
    await checkOutcomes(town);
    const late = clocks.filter((_, index) => !processes[index]?.program.stderr().includes("clock is wrong"));
    for (const { name } of late) notebook.violation(`no alarm was raised for a clock ${name}`);
    return notebook.findings();
  } finally {
    await town.close();
  }
}

export const clockSkew: Instrument = {
  name: "clock-skew",
  row: 17,
  hazard: "A process's clock is two hours off, or runs 3,600 times too fast",
  promise: "Order and expiry follow the database's clock, and an alarm is raised",
  target: "0 early or missed expiries; every signature's time within 5 minutes",
  slices: 2,
  short: (run) => runOnWrongClocks(run, { payments: 30, by: "preload" }),
  long: (run) => runOnWrongClocks(run, { payments: 2_000, by: fakerOfClocks() }),
  figure: ({ counts, samples }) =>
    `${counts["processes"]} processes, ${counts["expiries"]} expiries, at most ${Math.round(highest(samples["expired late by"]))} ms late, ` +
    `${counts["callbacks owed"]} signed callbacks: ${counts["violations"]} violations`,
};
