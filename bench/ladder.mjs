// What the time of one call is made of, one connection and one call after the other: the same payment is made by `pgbench`, by
// the driver that the gateway uses, and over HTTP; and the same bytes are answered by a bare Fastify, and a ping by the gateway.
// A database that is asked without a pause answers sooner than one that is asked now and then, as every gateway's is: the
// driver is measured both ways. All are measured in turns, in short runs.
//
//   node bench/ladder.mjs [calls] [rounds]
import pg from "pg";
import { scriptOf } from "./create-payment.mjs";
import { applicationLogin } from "./database.mjs";
import { median } from "./figures.mjs";
import { bearer, jsonHeaders, newOrder, oneByOne, unlimitedKey } from "./http-load.mjs";
import { sayMachine } from "./machine.mjs";
import { pgbench } from "./pgbench.mjs";
import { startBare, startGateway } from "./programs.mjs";

const [calls = 400, rounds = 9] = process.argv.slice(2, 4).map(Number);
const path = "/api/v2/payments";

async function openDriver(gateway, script) {
  const client = new pg.Client(await applicationLogin(gateway));
  await client.connect();
  // As many parameters as pgbench makes of its variables.
  const text = script.replaceAll(/(?<!:):chance\b/g, "$1").replaceAll(/(?<!:):client_id\b/g, "$2");
  let made = 100_000_000_000;
  const one = async () => {
    made += 1;
    const began = performance.now();
    await client.query({ name: "create", text, values: [String(made), "77"] });
    return performance.now() - began;
  };
  return {
    /** @param before what is done, and not measured, before each statement */
    async p50(before = async () => undefined) {
      const took = [];
      while (took.length < calls) {
        await before();
        took.push(await one());
      }
      return median(took);
    },
    close: () => client.end(),
  };
}

async function answerOf(gateway) {
  const call = { method: "POST", headers: jsonHeaders(gateway), body: JSON.stringify(newOrder()) };
  const answer = await fetch(`${gateway.url}${path}`, call);
  const headers = Object.fromEntries(
    ["content-type", "x-request-id"].map((name) => [name, answer.headers.get(name) ?? ""]),
  );
  return { path, status: 200, headers, body: await answer.text() };
}

sayMachine();
const gateway = await startGateway(unlimitedKey);
const withoutLog = await startGateway({ ...unlimitedKey, KINETICPAY_REQUEST_LOG_DAYS: "0" });
const bare = await startBare(await answerOf(gateway));
const script = await scriptOf(gateway);
const driver = await openDriver(gateway, script);
try {
  const create = (url, of) => () => ({
    url: `${url}${path}`,
    method: "POST",
    headers: jsonHeaders(of),
    body: JSON.stringify(newOrder()),
  });
  const ping = () => ({ url: `${gateway.url}/api/v2/ping`, headers: bearer(gateway) });
  const over = (next) => async () => median(await oneByOne(next, { count: calls }));
  const rungs = {
    "the statement, by pgbench": async () =>
      (await pgbench(gateway, script, { clients: 1, transactions: calls })).medianMs,
    "the statement, by the driver in Node": () => driver.p50(),
    "the same, each after a call over HTTP that has nothing to do with it": () =>
      driver.p50(() => oneByOne(create(bare.url, gateway), { count: 1 })),
    "HTTP alone: a bare Fastify takes the body and answers the same bytes": over(create(bare.url, gateway)),
    "HTTP, key and limits: the gateway's ping": over(ping),
    "the whole, without the log of calls": over(create(withoutLog.url, withoutLog)),
    "the whole: a payment over HTTP": over(create(gateway.url, gateway)),
  };
  const took = Object.fromEntries(Object.keys(rungs).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    const turn = Object.entries(rungs);
    for (const [name, measure] of [...turn.slice(round % turn.length), ...turn.slice(0, round % turn.length)]) {
      const ms = await measure();
      if (round > 0) took[name].push(ms);
    }
  }
  console.log(`${rounds} rounds of ${calls} calls; medians of p50\n\n| What | ms | of the statement |\n|---|---|---|`);
  const [first] = Object.values(took);
  for (const [name, all] of Object.entries(took)) {
    const ratio = median(all.map((ms, index) => ms / first[index]));
    console.log(`| ${name} | ${median(all).toFixed(3)} | ${ratio.toFixed(2)} |`);
  }
} finally {
  await driver.close();
  bare.stop();
  await Promise.all([gateway.stop(), withoutLog.stop()]);
}
