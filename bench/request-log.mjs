// What the log of calls costs: the same gateway twice, with the log and without (KINETICPAY_REQUEST_LOG_DAYS=0), each on a
// database of its own, measured in turns, in short runs.
//
//   node bench/request-log.mjs [seconds rounds part-of-a-name]     after npm run build
import autocannon from "autocannon";
import { median } from "./figures.mjs";
import { sayMachine } from "./machine.mjs";
import { processorTimeS, startGateway } from "./programs.mjs";

const [seconds = 2, rounds = 7] = process.argv.slice(2, 4).map(Number);
const only = process.argv[4] ?? "";
const connections = 32;

const bearer = (key) => ({ authorization: `Bearer ${key}` });
let invoices = 0;
const order = () => {
  invoices += 1;
  const invoice = `B${process.pid}-${invoices}`;
  const address = "https://shop.example/thanks?order=10001";
  const buyer = { name: "Siti binti Ahmad", email: "siti@example.com" };
  return JSON.stringify({ amount: 1250, invoice, buyer, success_url: address, failure_url: address });
};

const cases = [
  { name: "GET ping", path: "/api/v2/ping", status: 200 },
  { name: "POST payments", path: "/api/v2/payments", method: "POST", body: order, status: 200 },
  {
    name: "403 fields_invalid",
    path: "/api/v2/payments",
    method: "POST",
    body: () => '{"amount":"12.50"}',
    status: 403,
  },
  { name: "401 key_missing", path: "/api/v2/ping", status: 401, isStranger: true },
];

async function measure(gateway, each) {
  const usedS = await processorTimeS(gateway.pid);
  const json = { "content-type": "application/json" };
  const headers = each.isStranger ? {} : { ...bearer(gateway.key), ...(each.body === undefined ? {} : json) };
  const result = await autocannon({
    url: gateway.url,
    connections,
    duration: seconds,
    requests: [
      {
        method: each.method ?? "GET",
        path: each.path,
        headers,
        ...(each.body === undefined ? {} : { setupRequest: (request) => ({ ...request, body: each.body() }) }),
      },
    ],
  });
  const processorS = (await processorTimeS(gateway.pid)) - usedS;
  const count = result.statusCodeStats[each.status]?.count ?? 0;
  if (count < result.requests.total * 0.99)
    throw new Error(`${each.name}: only ${count} of ${result.requests.total} as meant`);
  return { rate: count / result.duration, callUs: (processorS / count) * 1e6, p99: result.latency.p99 };
}

async function compare(each, without, withLog) {
  const runs = [];
  // The first round warms both up.
  for (let round = 0; round <= rounds; round += 1) {
    const bare = await measure(without, each);
    runs.push({ bare, logged: await measure(withLog, each) });
  }
  const of = (pick) => median(runs.slice(1).map(pick));
  const cells = [
    each.name,
    Math.round(of((run) => run.logged.rate)),
    Math.round(of((run) => run.bare.rate)),
    of((run) => run.logged.rate / run.bare.rate).toFixed(2),
    Math.round(of((run) => run.logged.callUs)),
    Math.round(of((run) => run.bare.callUs)),
    of((run) => run.logged.p99),
    of((run) => run.bare.p99),
  ];
  console.log(`| ${cells.join(" | ")} |`);
}

async function main() {
  sayMachine();
  console.log(`${rounds} rounds of ${seconds} s, ${connections} connections; medians\n`);
  const unlimited = "1000000";
  const settings = {
    KINETICPAY_ADDRESS_RATE: unlimited,
    KINETICPAY_ADDRESS_BURST: unlimited,
    KINETICPAY_KEY_RATE: unlimited,
    KINETICPAY_KEY_BURST: unlimited,
  };
  const without = await startGateway({ ...settings, KINETICPAY_REQUEST_LOG_DAYS: "0" });
  const withLog = await startGateway(settings);
  try {
    console.log(
      "| call | with, calls/s | without, calls/s | ratio | with, CPU µs | without, CPU µs | with, p99 ms | without, p99 ms |",
    );
    console.log("|---|---|---|---|---|---|---|---|");
    for (const each of cases.filter(({ name }) => name.includes(only))) await compare(each, without, withLog);
  } finally {
    await Promise.all([without.stop(), withLog.stop()]);
  }
}

await main();
