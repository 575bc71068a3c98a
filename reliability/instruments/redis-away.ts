import { setTimeout as pause } from "node:timers/promises";
import { openCaller } from "../cast/call.ts";
import { isOfTheBanks } from "../cast/insist.ts";
import { startLoad } from "../cast/load.ts";
import { type OwnRedis, openOwnRedis } from "../cast/own-redis.ts";
import { bearer } from "../cast/shopper.ts";
import { openTown, type Town } from "../cast/town.ts";
import { checkOutcomes } from "../checks/outcomes.ts";
import { checkStored } from "../checks/stored.ts";
import { type Findings, merge, type Notebook, openNotebook, percentile } from "../findings.ts";
import type { Instrument, Run } from "../instrument.ts";

/** What may become of Redis, and how it is put right again. */
const mishaps: readonly {
  readonly name: string;
  readonly begin: (redis: OwnRedis) => unknown;
  readonly end: (redis: OwnRedis) => unknown;
}[] = [
  { name: "stopped", begin: (redis) => redis.stop(), end: (redis) => redis.start() },
  { name: "frozen", begin: (redis) => redis.freeze(), end: (redis) => redis.thaw() },
  { name: "flushed", begin: (redis) => redis.flush(), end: () => undefined },
];

const slowerMs = 20;

/** Payments go on, and none is refused or fails, whatever Redis does. */
async function payThrough(run: Run, redis: OwnRedis, eachMs: number): Promise<Findings> {
  const notebook = openNotebook();
  let period = "with Redis";
  const town = await openTown({ random: run.random, notebook, settings: { REDIS_URL: redis.url } });
  try {
    const load = startLoad(town, {
      workers: 6,
      observe(call, reached) {
        notebook.count("requests");
        if (call.url.endsWith("/api/v2/payments")) notebook.time(period, reached.ms);
        const isFine = reached.kind === "answer" && (reached.status < 429 || isOfTheBanks(call, reached));
        const how = reached.kind === "answer" ? `${reached.status} ${reached.text.slice(0, 200)}` : reached.kind;
        if (!isFine) notebook.violation(`${call.url}: ${how}`);
      },
    });
    await pause(eachMs);
    for (const mishap of mishaps) {
      period = "without Redis";
      await mishap.begin(redis);
      notebook.count(mishap.name);
      await pause(eachMs);
      await mishap.end(redis);
      period = "with Redis";
      await pause(eachMs);
    }
    await load.finish();
    await checkStored(town, "at the end");
    await checkOutcomes(town);
    return notebook.findings();
  } finally {
    await town.close();
  }
}

const ratePerS = 40;
const burst = 40;

/** Calls as fast as it goes at two processes. @returns how many were let through, and how many could have been by one limit */
async function hammer(town: Town, urls: readonly string[], forMs: number): Promise<{ passed: number; limit: number }> {
  const caller = openCaller(16);
  const began = performance.now();
  let passed = 0;
  const knock = async (index: number) => {
    while (performance.now() - began < forMs) {
      const url = `${urls[index % urls.length]}/api/v2/whoami`;
      const reached = await caller.call({ method: "GET", url, headers: bearer(town) });
      if (reached.kind === "answer" && reached.status === 200) passed += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, index) => knock(index)));
  caller.close();
  return { passed, limit: burst + (ratePerS * (performance.now() - began)) / 1_000 };
}

function judge(notebook: Notebook, when: string, seen: { passed: number; limit: number }, processes: number): void {
  notebook.count("hammered calls let through", seen.passed);
  // One call more for each process: the clock that refills and the one that is read here are not the same.
  const most = Math.ceil(seen.limit) * processes + processes;
  notebook.remark(`${when}: ${seen.passed} calls let through, ${most} allowed`);
  if (seen.passed > most) notebook.violation(`${when} ${seen.passed} calls were let through, and ${most} are the most`);
}

/** Two processes share a limit through Redis; without it each keeps to it alone. */
async function overshoot(run: Run, redis: OwnRedis, forMs: number): Promise<Findings> {
  const notebook = openNotebook();
  const settings = {
    REDIS_URL: redis.url,
    KINETICPAY_KEY_RATE: String(ratePerS),
    KINETICPAY_KEY_BURST: String(burst),
  };
  const town = await openTown({ random: run.random, notebook, settings });
  try {
    const second = await town.another();
    await second.start();
    const urls = [town.gateway.url, second.url];
    // One answer of Redis that comes late, as on a busy machine, is enough to have each count alone for half a second; then
    // too each lets through no more than its own count, which it keeps beside the shared one.
    judge(notebook, "with Redis", await hammer(town, urls, forMs), urls.length);
    await redis.stop();
    judge(notebook, "without Redis", await hammer(town, urls, forMs), urls.length);
    await redis.start();
    return notebook.findings();
  } finally {
    await town.close();
  }
}

async function withoutRedis(run: Run, eachMs: number): Promise<Findings> {
  const redis = await openOwnRedis();
  try {
    return merge([await payThrough(run, redis, eachMs), await overshoot(run, redis, eachMs)]);
  } finally {
    redis.thaw();
    await redis.stop();
  }
}

const added = ({ samples }: Findings) =>
  Math.round(percentile(samples["without Redis"], 0.99) - percentile(samples["with Redis"], 0.99));

export const redisAway: Instrument = {
  name: "redis-away",
  row: 9,
  hazard: "Redis, through which processes share their limits, is away, frozen or emptied",
  promise: "Payments go on; each process keeps to the limits alone",
  target: `0 payments refused or failed; p99 +≤${slowerMs} ms; no more calls let through than the limit × processes`,
  slices: 4,
  short: (run) => withoutRedis(run, 1_500),
  long: (run) => withoutRedis(run, 30_000),
  figure: (findings) => {
    const { counts, remarks } = findings;
    return (
      `${counts["requests"]} requests through ${counts["stopped"]} stops, ${counts["frozen"]} freezes and ${counts["flushed"]} flushes: ` +
      `${counts["violations"]} violations; creating, p99 ${added(findings) >= 0 ? "+" : ""}${added(findings)} ms; ${(remarks ?? []).slice(0, 2).join("; ")}`
    );
  },
  shortfalls: (findings) => (added(findings) > slowerMs ? [`p99 grew by more than ${slowerMs} ms`] : []),
};
