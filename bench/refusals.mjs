// What refusing a call costs, as a ratio to a bare Fastify route that answers the same bytes. Each refusal and its bare
// twin are measured in turns, in short runs, so that whatever else this machine does hits both alike.
//
//   npm run bench:refusals [-- seconds rounds part-of-a-name]
import { arch, cpus, loadavg, totalmem } from "node:os";
import autocannon from "autocannon";
import { processorTimeS, startBare, startGateway } from "./programs.mjs";

const [seconds = 2, rounds = 7] = process.argv.slice(2, 4).map(Number);
const only = process.argv[4] ?? "";
const connections = 32;
const unlimited = "1000000";

const bearer = (key) => ({ authorization: `Bearer ${key}` });
/** Of the right form, as its last six characters show, and issued by nobody. */
const unknownKey = "kp_test_0000000000000000000000000000002C8GjS";

const cases = [
  { name: "401 key_missing", path: "/api/v2/ping" },
  { name: "401 key_malformed", path: "/api/v2/ping", headers: () => bearer("kp_test_half") },
  {
    name: "401 key_invalid (known from memory)",
    path: "/api/v2/ping",
    headers: () => bearer(unknownKey),
    code: "key_invalid",
  },
  { name: "404 route_unknown", path: "/api/v2/paymints" },
  { name: "404 method_unknown", path: "/api/v2/ping", method: "POST", headers: (key) => bearer(key) },
  { name: "404 resource_missing (key from memory)", path: "/api/v2/payments/pay_0", headers: bearer },
  {
    name: "403 fields_invalid (key from memory)",
    path: "/api/v2/payments",
    method: "POST",
    headers: (key) => ({ ...bearer(key), "content-type": "application/json" }),
    body: '{"amount":"12.50","invoice":"10001"}',
  },
  { name: "429 rate_exceeded, address", path: "/api/v2/ping", limited: true, code: "rate_exceeded" },
  { name: "429 rate_exceeded, key", path: "/api/v2/ping", headers: bearer, limited: true, code: "rate_exceeded" },
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
    if (JSON.parse(body).code !== (each.code ?? each.name.split(" ")[1])) continue;
    const headers = Object.fromEntries([...answer.headers].filter(([name]) => !ownHeaders.has(name)));
    return { path: each.path, status: answer.status, headers, body };
  }
  throw new Error(`${each.name} was never answered`);
}

async function measure(server, call, status) {
  const usedS = await processorTimeS(server.pid);
  const result = await autocannon({ ...call, connections, duration: seconds });
  const processorS = (await processorTimeS(server.pid)) - usedS;
  const share = (result.statusCodeStats[status]?.count ?? 0) / Math.max(1, result.requests.total);
  // A limited key is let through at its rate, so a few answers are no refusals.
  if (share < 0.99)
    throw new Error(`${call.url}: only ${Math.round(share * 100)}% of the answers had status ${status}`);
  return { rate: result.requests.total / result.duration, callUs: (processorS / result.requests.total) * 1e6 };
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function compare(each, gateway) {
  const answer = await answerOf(each, gateway);
  const bare = await startBare(answer);
  const ours = callOf(each, gateway);
  const theirs = { ...ours, url: `${bare.url}${each.path}` };
  const runs = [];
  // The first round warms both up.
  for (let round = 0; round <= rounds; round += 1) {
    const bareRun = await measure(bare, theirs, answer.status);
    runs.push({ bare: bareRun, ours: await measure(gateway, ours, answer.status) });
  }
  bare.stop();
  const of = (value) => median(runs.slice(1).map(value));
  return {
    refusal: each.name,
    ours: of((run) => run.ours.rate),
    bare: of((run) => run.bare.rate),
    ratio: of((run) => run.ours.rate / run.bare.rate),
    oursUs: of((run) => run.ours.callUs),
    bareUs: of((run) => run.bare.callUs),
    processorRatio: of((run) => run.bare.callUs / run.ours.callUs),
  };
}

function line(row) {
  const whole = (number) => String(Math.round(number));
  const cells = [
    row.refusal,
    whole(row.ours),
    whole(row.bare),
    row.ratio.toFixed(2),
    whole(row.oursUs),
    whole(row.bareUs),
    row.processorRatio.toFixed(2),
  ];
  return `| ${cells.join(" | ")} |`;
}

async function main() {
  const [cpu] = cpus();
  const load = loadavg()
    .map((each) => each.toFixed(1))
    .join(" ");
  console.log(
    `${cpus().length} × ${cpu?.model.trim()}, ${arch()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, load ${load}`,
  );
  console.log(`${rounds} rounds of ${seconds} s, ${connections} connections; calls a second, medians\n`);
  const open = await startGateway({
    KINETICPAY_ADDRESS_RATE: unlimited,
    KINETICPAY_ADDRESS_BURST: unlimited,
    KINETICPAY_KEY_RATE: unlimited,
    KINETICPAY_KEY_BURST: unlimited,
  });
  const limited = await startGateway({
    KINETICPAY_ADDRESS_RATE: "1",
    KINETICPAY_ADDRESS_BURST: "1",
    KINETICPAY_KEY_RATE: "1",
    KINETICPAY_KEY_BURST: "1",
  });
  try {
    console.log("| refusal | gateway, calls/s | bare, calls/s | ratio | gateway, CPU µs | bare, CPU µs | CPU ratio |");
    console.log("|---|---|---|---|---|---|---|");
    for (const each of cases.filter(({ name }) => name.includes(only))) {
      console.log(line(await compare(each, each.limited === true ? limited : open)));
    }
  } finally {
    await Promise.all([open.stop(), limited.stop()]);
  }
}

await main();
