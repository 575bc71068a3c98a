import { setTimeout as pause } from "node:timers/promises";
import { startLoad } from "../cast/load.ts";
import { hasRedis, openOwnRedis } from "../cast/own-redis.ts";
import { openTown } from "../cast/town.ts";
import { checkOutcomes } from "../checks/outcomes.ts";
import { checkStored } from "../checks/stored.ts";
import { type Findings, openNotebook } from "../findings.ts";
import type { Instrument, Run } from "../instrument.ts";
import { type FaultProxy, openFaultProxy, type Weather } from "../proxy/fault-proxy.ts";
import type { Random } from "../random.ts";

type Where = "database" | "exchange" | "shop" | "redis";

const slow: readonly Weather[] = [
  { delayMs: 20, jitterMs: 80 },
  { delayMs: 200, jitterMs: 300 },
  { bytesPerS: 20_000 },
];
const breaking: readonly Weather[] = [
  { blackhole: true },
  { refuse: true },
  { resetAfterBytes: 2_000 },
  { halfCloseAfterBytes: 500 },
];

/** TCP keeps bits whole between us and the database; what others send us is signed, so that there a bit may flip. */
const weathers: Readonly<Record<Where, readonly Weather[]>> = {
  database: [...slow, ...breaking],
  exchange: [...slow, ...breaking, { corruptShare: 0.5 }],
  shop: [...slow, ...breaking, { corruptShare: 0.5 }],
  redis: [...slow, ...breaking],
};

const fairShare = 0.5;
const longestSpellMs = 900;

/** Changes the weather on one way, over and over. */
async function changeWeather(proxy: FaultProxy, where: Where, random: Random, isOver: () => boolean): Promise<number> {
  let changes = 0;
  while (!isOver()) {
    const next = random.chance(fairShare) ? {} : random.pick(weathers[where]);
    proxy.weather(next);
    changes += 1;
    await pause(100 + random.fraction() * longestSpellMs);
  }
  proxy.weather({});
  // What a hole has swallowed will never come; its connections would wait for it.
  proxy.resetAll();
  return changes;
}

async function weatherTheStorm(run: Run, forMs: number): Promise<Findings> {
  const notebook = openNotebook();
  const proxies: [Where, FaultProxy][] = [];
  const proxyFor = async (where: Where, port: number) => {
    const proxy = await openFaultProxy({ port, random: run.random.fork(where) });
    proxies.push([where, proxy]);
    return proxy.port;
  };
  const redis = hasRedis() ? await openOwnRedis() : undefined;
  const redisPort = redis === undefined ? 0 : await proxyFor("redis", Number(new URL(redis.url).port));
  const town = await openTown({
    random: run.random,
    notebook,
    settings: {
      ...(redis === undefined ? {} : { REDIS_URL: `redis://127.0.0.1:${redisPort}` }),
      // In this weather a buyer may need longer to the bank than the few seconds after which other instruments give them up.
      KINETICPAY_NEVER_REACHED_AFTER: "20",
    },
    databaseThrough: async (postgres) => postgres.url(await proxyFor("database", postgres.port)),
    exchangeThrough: async ({ url }) => `http://127.0.0.1:${await proxyFor("exchange", Number(new URL(url).port))}`,
    shopThrough: (port) => proxyFor("shop", port),
  });
  try {
    const load = startLoad(town, { workers: 24, withOffice: true });
    const until = performance.now() + forMs;
    const isOver = () => performance.now() > until;
    const changes = await Promise.all(
      proxies.map(([where, proxy]) => changeWeather(proxy, where, run.random.fork(`weather ${where}`), isOver)),
    );
    notebook.count(
      "changes of weather",
      changes.reduce((sum, each) => sum + each, 0),
    );
    if (town.gateway.program.hasEnded()) notebook.violation(`the gateway ended: ${town.gateway.program.stderr()}`);
    await load.finish();
    await checkStored(town, "at the end");
    await checkOutcomes(town);
    return notebook.findings();
  } finally {
    await town.close();
    for (const [, proxy] of proxies) await proxy.close();
    await redis?.stop();
  }
}

export const foulWeather: Instrument = {
  name: "foul-weather",
  row: 5,
  hazard:
    "The network to database, exchange, shops and Redis delays, throttles, swallows, resets, half-closes and corrupts",
  promise: "Nothing is lost, doubled or believed that was not said, and everything is told in the end",
  target: "20 minutes of it under load: 0 violations",
  slices: 4,
  short: (run) => weatherTheStorm(run, 10_000),
  long: (run) => weatherTheStorm(run, 5 * 60_000),
  figure: ({ counts }) =>
    `${counts["changes of weather"]} changes of weather, ${counts["payments"]} payments, ${counts["callbacks owed"]} callbacks: ${counts["violations"]} violations`,
};
