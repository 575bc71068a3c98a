// What refusing a call costs, as a ratio to a bare Fastify route that answers the same bytes. Each refusal and its bare
// twin are measured in turns, in short runs, so that whatever else this machine does hits both alike.
import autocannon from "autocannon";
import { inTurns, median } from "./figures.mjs";
import { unlimitedAddress, unlimitedKey } from "./http-load.mjs";
import { processorTimeS, startBare, startGateway } from "./programs.mjs";

const connections = 32;
const open = { ...unlimitedAddress, ...unlimitedKey };
/** Whoever has called once is over the limit. */
const closed = Object.fromEntries(Object.keys(open).map((name) => [name, "1"]));
delete closed.KINETICPAY_KEY_CONCURRENCY;

const bearer = (key) => ({ authorization: `Bearer ${key}` });
/** Of the right form, as its last six characters show, and issued by nobody. */
const unknownKey = "kp_test_0000000000000000000000000000002C8GjS";

/** By the ids of the lines in `list.mjs`. */
const cases = [
  { id: "key-missing", code: "key_missing", path: "/api/v2/ping" },
  { id: "key-malformed", code: "key_malformed", path: "/api/v2/ping", headers: () => bearer("kp_test_half") },
  { id: "key-invalid", code: "key_invalid", path: "/api/v2/ping", headers: () => bearer(unknownKey) },
  { id: "route-unknown", code: "route_unknown", path: "/api/v2/paymints" },
  { id: "method-unknown", code: "method_unknown", path: "/api/v2/ping", method: "POST", headers: bearer },
  { id: "resource-missing", code: "resource_missing", path: "/api/v2/payments/pay_0", headers: bearer },
  {
    id: "fields-invalid",
    code: "fields_invalid",
    path: "/api/v2/payments",
    method: "POST",
    headers: (key) => ({ ...bearer(key), "content-type": "application/json" }),
    body: '{"amount":"12.50","invoice":"10001"}',
  },
  { id: "address-limited", code: "rate_exceeded", path: "/api/v2/ping", limited: true },
  { id: "key-limited", code: "rate_exceeded", path: "/api/v2/ping", headers: bearer, limited: true },
];

/** What the connection adds by itself, on both sides. */
const ownHeaders = new Set(["connection", "date", "keep-alive", "content-length", "transfer-encoding"]);

const callOf = (each, gateway) => ({
  url: `${gateway.url}${each.path}`,
  method: each.method ?? "GET",
  headers: each.headers?.(gateway.key) ?? {},
  ...(each.body === undefined ? {} : { body: each.body }),
});

/** The answer that is measured: asked for again until it is the refusal that was meant. */
async function answerOf(each, gateway) {
  const { url, ...init } = callOf(each, gateway);
  for (let tries = 0; tries < 500; tries += 1) {
    const answer = await fetch(url, init);
    const body = await answer.text();
    if (JSON.parse(body).code !== each.code) continue;
    const headers = Object.fromEntries([...answer.headers].filter(([name]) => !ownHeaders.has(name)));
    return { path: each.path, status: answer.status, headers, body };
  }
  throw new Error(`${each.id} was never answered`);
}

async function refused(server, call, status, seconds) {
  const usedS = await processorTimeS(server.pid);
  const result = await autocannon({ ...call, connections, duration: seconds });
  const processorS = (await processorTimeS(server.pid)) - usedS;
  const share = (result.statusCodeStats[status]?.count ?? 0) / Math.max(1, result.requests.total);
  // A limited key is let through at its rate, so a few answers are no refusals.
  if (share < 0.99)
    throw new Error(`${call.url}: only ${Math.round(share * 100)}% of the answers had status ${status}`);
  return { rate: result.requests.total / result.duration, callUs: (processorS / result.requests.total) * 1e6 };
}

async function compare(each, gateway, { rounds, seconds, say }) {
  const answer = await answerOf(each, gateway);
  const bare = await startBare(answer);
  const call = callOf(each, gateway);
  const twin = { ...call, url: `${bare.url}${each.path}` };
  const processor = { ours: [], theirs: [] };
  const side = (name, server, asked) => async () => {
    const { rate, callUs } = await refused(server, asked, answer.status, seconds);
    processor[name].push(callUs);
    return rate;
  };
  try {
    const turns = { rounds, ours: side("ours", gateway, call), theirs: side("theirs", bare, twin) };
    const found = await inTurns(turns);
    const [ours, theirs] = [median(processor.ours.slice(1)), median(processor.theirs.slice(1))].map(Math.round);
    say(
      `${each.id}: ${Math.round(found[0].ours)} against ${Math.round(found[0].theirs)} in the first round that counts`,
    );
    return { found, processor: `${each.id} ${ours} (${theirs})` };
  } finally {
    bare.stop();
  }
}

export async function measure({ rounds, seconds, say }) {
  const gateway = await startGateway(open);
  const limited = await startGateway(closed).catch(async (error) => {
    await gateway.stop();
    throw error;
  });
  try {
    const found = {};
    const processor = [];
    for (const each of cases) {
      const effort = { rounds, seconds: seconds / 2, say };
      const compared = await compare(each, each.limited === true ? limited : gateway, effort);
      found[each.id] = compared.found;
      processor.push(compared.processor);
    }
    const remarks = [`Processor time of a refusal in µs, and of the bare route: ${processor.join(", ")}.`];
    return { limits: open, remarks, rounds: found };
  } finally {
    await Promise.all([gateway.stop(), limited.stop()]);
  }
}
