// What a bank network in trouble costs those who create payments: two gateways, measured in turns, in short runs. Both have
// as many buyers at the bank; the exchange of one answers them, that of the other does what is named.
//
//   npm run bench:exchange-trouble [-- seconds rounds part-of-a-name]     after npm run build
import autocannon from "autocannon";
import { median } from "./figures.mjs";
import { sayMachine } from "./machine.mjs";
import { startGateway } from "./programs.mjs";

const [seconds = 3, rounds = 7] = process.argv.slice(2, 4).map(Number);
const only = process.argv[4] ?? "";
const connections = 4;
const atBank = 200;
const limit = 1.2;
const troubles = ["slow", "reset", "html", "oversized"];
/** Everybody at the bank is asked about every few seconds, far more often than in life. */
const settings = {
  KINETICPAY_REQUERY_SCHEDULE: Array.from({ length: 50 }, (_, i) => (i + 1) * 4).join(","),
  KINETICPAY_BANK_WATCH_INTERVAL: "1",
  KINETICPAY_KEY_RATE: "1000000",
  KINETICPAY_KEY_BURST: "1000000",
};

let invoices = 0;
const order = () => {
  invoices += 1;
  const address = "https://shop.example/thanks?order=10001";
  const invoice = `B${process.pid}-${invoices}`;
  return JSON.stringify({ amount: 1250, invoice, success_url: address, failure_url: address });
};
const jsonOf = (key) => ({ authorization: `Bearer ${key}`, "content-type": "application/json" });

async function control(gateway, method, path, body) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${gateway.simulatorUrl}/_control${path}`, {
    method,
    headers,
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`the simulator answered ${answer.status}`);
}

/** Buyers who were sent to the bank and of whom nothing was heard. */
async function sendToBank(gateway) {
  for (let i = 0; i < atBank; i += 1) {
    const made = await fetch(`${gateway.url}/api/v2/payments`, {
      method: "POST",
      headers: jsonOf(gateway.key),
      body: order(),
    });
    const { checkout_url: page } = await made.json();
    const form = new URLSearchParams({ bank: "MB2U0227", model: "b2c", lang: "en" });
    const begun = await fetch(`${page}/attempts`, { method: "POST", body: form, redirect: "manual" });
    if (!/handoff/.test(begun.headers.get("location"))) throw new Error(`no attempt: ${begun.status}`);
  }
}

async function measure(gateway) {
  const result = await autocannon({
    url: gateway.url,
    connections,
    duration: seconds,
    requests: [
      {
        method: "POST",
        path: "/api/v2/payments",
        headers: jsonOf(gateway.key),
        setupRequest: (request) => ({ ...request, body: order() }),
      },
    ],
  });
  const refused = result.requests.total - (result.statusCodeStats[200]?.count ?? 0);
  return { p50: result.latency.p50, p99: result.latency.p99, mean: result.latency.mean, refused };
}

async function main() {
  sayMachine();
  console.log(`${rounds} rounds of ${seconds} s, ${connections} connections, ${atBank} buyers at the bank\n`);
  console.log("| exchange | mean, ms | p99, ms | healthy: mean | p99 | ratio of means | ratio of p99 | refused |");
  console.log("|---|---|---|---|---|---|---|---|");
  const [healthy, troubled] = await Promise.all([startGateway(settings), startGateway(settings)]);
  let worst = 0;
  try {
    await Promise.all([sendToBank(healthy), sendToBank(troubled)]);
    for (const trouble of troubles.filter((name) => name.includes(only))) {
      await control(troubled, "DELETE", "/scripts", {});
      await control(troubled, "POST", "/scripts", { match: { any: true }, ae: trouble, be: trouble, slow_ms: 60_000 });
      const runs = [];
      // The first round warms both up, and lets the trouble spread.
      for (let round = 0; round <= rounds; round += 1) {
        const first = await measure(healthy);
        runs.push({ healthy: first, troubled: await measure(troubled) });
      }
      const of = (value) => median(runs.slice(1).map(value));
      const ratio = of((run) => run.troubled.mean / run.healthy.mean);
      const ratio99 = of((run) => run.troubled.p99 / run.healthy.p99);
      worst = Math.max(worst, ratio99);
      const cells = [
        trouble,
        of((run) => run.troubled.mean).toFixed(2),
        of((run) => run.troubled.p99),
        of((run) => run.healthy.mean).toFixed(2),
        of((run) => run.healthy.p99),
        ratio.toFixed(2),
        ratio99.toFixed(2),
        runs.reduce((sum, run) => sum + run.troubled.refused, 0),
      ];
      console.log(`| ${cells.join(" | ")} |`);
    }
  } finally {
    await Promise.all([healthy.stop(), troubled.stop()]);
  }
  console.log(`\nworst ratio of p99: ${worst.toFixed(2)}, limit ${limit}`);
}

await main();
