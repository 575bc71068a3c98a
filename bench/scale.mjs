// Whether calls take longer when there are many payments: the same calls, one after the other, at a gateway with ten thousand
// payments and at one with more and more of them, in turns.
//
// Payments are written by SQL, with an attempt and an event each, checks and indexes on, foreign keys and triggers off. What
// has been filled, and what was measured of it, is kept in the temporary folder until all was measured, so that a run that was
// broken off goes on.
import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { makeMessage } from "./bank-messages.mjs";
import { inDatabase } from "./database.mjs";
import { quantile, shown } from "./figures.mjs";
import { bearer, jsonHeaders, newOrder, oneByOne, unlimitedAddress, unlimitedKey } from "./http-load.mjs";
import { removeFolder, startGateway } from "./programs.mjs";
import { filled, fillTo, invoiceOf, paymentOf } from "./scale-rows.mjs";

const small = 10_000;
const sizes = [
  ["100k", 100_000],
  ["1m", 1_000_000],
  ["10m", 10_000_000],
];
/** No jobs: what the background does with so many payments is not what is measured. */
const limits = { ...unlimitedKey, ...unlimitedAddress };
const role = { KINETICPAY_ROLE: "api" };
const warmUp = 200;

const anyOf = (count) => 1 + Math.floor(Math.random() * count);
/** Among the oldest tenth. */
const deepOf = (count) => 1 + Math.floor(Math.random() * (count / 10)) + 20;

/** The calls by the ids of the lines in `list.mjs`, at a gateway that has so many payments. */
const calls = {
  create: (gateway) => ({
    url: `${gateway.url}/api/v2/payments`,
    method: "POST",
    headers: jsonHeaders(gateway),
    body: JSON.stringify(newOrder()),
  }),
  get: (gateway, count) => ({
    url: `${gateway.url}/api/v2/payments/${paymentOf(anyOf(count))}`,
    headers: bearer(gateway),
  }),
  list: (gateway) => ({ url: `${gateway.url}/api/v2/payments`, headers: bearer(gateway) }),
  deep: (gateway, count) => ({
    url: `${gateway.url}/api/v2/payments?starting_after=${paymentOf(deepOf(count))}`,
    headers: bearer(gateway),
  }),
  status: (gateway, count) => ({
    url: `${gateway.url}/payment/status?merchant_key=${gateway.merchantKey}&invoice=${invoiceOf(anyOf(count))}`,
  }),
};

async function measureCall(next, sides, { rounds, count }) {
  const found = { p50: [], p99: [] };
  for (const { gateway, payments } of sides) await oneByOne(() => next(gateway, payments), { count: warmUp });
  for (let round = 0; round < rounds; round += 1) {
    const took = {};
    for (const side of round % 2 === 0 ? sides : sides.toReversed())
      took[side.name] = await oneByOne(() => next(side.gateway, side.payments), { count });
    for (const [name, share] of Object.entries({ p50: 0.5, p99: 0.99 }))
      found[name].push({ ours: quantile(took.ours, share), theirs: quantile(took.theirs, share) });
  }
  return found;
}

/** What a run that was broken off has found. */
async function readNotes(file) {
  const text = await readFile(file, "utf8").catch(() => "{}");
  return { remarks: [], rounds: {}, ...JSON.parse(text) };
}

async function open(folder) {
  const gateway = await startGateway({ ...limits, ...role }, { folder });
  const [{ count }] = await inDatabase(gateway, (query) => query("select count(*)::int as count from attempts"));
  // The first payment, with an attempt, of which the others are copies.
  if (count === 0) await makeMessage(gateway, "original");
  return gateway;
}

/** Measures all calls at one size. */
async function measureSize(name, sides, { rounds, isQuick, say }) {
  const found = {};
  for (const [id, next] of Object.entries(calls)) {
    const each = await measureCall(next, sides, { rounds, count: isQuick ? 200 : 1_000 });
    for (const [share, all] of Object.entries(each)) found[`${id}-${share}-${name}`] = all;
    const [p50, p99] = [each.p50.at(-1), each.p99.at(-1)];
    say(
      `${id} at ${name}: p50 ${shown(p50.ours)} and ${shown(p50.theirs)} ms, p99 ${shown(p99.ours)} and ${shown(p99.theirs)} ms`,
    );
  }
  return found;
}

export async function measure({ rounds, isQuick, long, say, keepFound }) {
  const here = (name) => path.join(tmpdir(), `kp-bench-scale-${isQuick ? "quick-" : ""}${name}`);
  const folders = [here("small"), here("large")];
  const notes = here("found.json");
  const gateways = [];
  const found = { limits: { ...limits, ...role }, ...(await readNotes(notes)) };
  try {
    for (const folder of folders) gateways.push(await open(folder));
    const [few, many] = gateways;
    await fillTo(few, small, say);
    for (const [name, payments] of isQuick ? sizes.slice(0, 1) : long ? sizes : sizes.slice(0, 2)) {
      if (`get-p50-${name}` in found.rounds) continue;
      const before = await filled(many);
      if (before > payments)
        throw new Error(`${folders[1]} holds ${before} payments already: remove it and begin anew`);
      const { tookS, bytes } = await fillTo(many, payments, say);
      const sides = [
        { name: "ours", gateway: many, payments },
        { name: "theirs", gateway: few, payments: small },
      ];
      Object.assign(found.rounds, await measureSize(name, sides, { rounds, isQuick, say }));
      const filling = `Filling from ${before} to ${payments} payments took ${Math.round(tookS)} s`;
      const size = `database holds ${Math.round(bytes / 2 ** 20)} MB`;
      found.remarks.push(
        before === payments ? `With ${payments} payments the ${size}.` : `${filling}; then the ${size}.`,
      );
      await writeFile(notes, JSON.stringify({ remarks: found.remarks, rounds: found.rounds }));
      await keepFound(found);
    }
  } finally {
    for (const gateway of gateways) await gateway.stop();
  }
  for (const folder of folders) await removeFolder(folder);
  await rm(notes, { force: true });
  return found;
}
