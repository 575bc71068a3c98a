// What asking for a payment costs over HTTP, durably, against the database alone: pgbench runs the statement that writes one
// payment, prepared, on the same PostgreSQL, with as many clients. Both are measured in turns.
//
//   npm run bench:create [-- seconds rounds]
import { Agent, request } from "node:http";
import autocannon from "autocannon";
import { insertPlain } from "../packages/server/dist/payments/insert-payment.js";
import { sayMachine } from "./make-books.mjs";
import { filled, fresh, literal, pgbench } from "./pgbench.mjs";
import { startGateway } from "./programs.mjs";

const [seconds = 3, rounds = 5] = process.argv.slice(2, 4).map(Number);
const most = "1000000";

let made = 0;
const order = () => {
  made += 1;
  return JSON.stringify({
    amount: 1250,
    invoice: `${process.pid}-${made}`,
    description: "Two tickets",
    success_url: "https://shop.example/thanks",
    failure_url: "https://shop.example/again",
  });
};

const headersOf = (gateway) => ({ authorization: `Bearer ${gateway.key}`, "content-type": "application/json" });

/** The same payment as a script of pgbench, made of one that the gateway wrote. */
async function scriptOf(gateway) {
  const call = { method: "POST", headers: headersOf(gateway), body: order() };
  const payment = await (await fetch(`${gateway.url}/api/v2/payments`, call)).json();
  if (payment.object !== "payment") throw new Error(JSON.stringify(payment));
  const whoami = await (await fetch(`${gateway.url}/api/v2/whoami`, { headers: call.headers })).json();
  return filled(insertPlain, [
    fresh("pay_"),
    literal(whoami.merchant.id),
    literal(payment.collection),
    "('cs_' || encode(sha256(((:chance)::text || (:client_id)::text)::bytea), 'hex'))",
    literal("v2"),
    literal(whoami.key.id),
    fresh("inv-"),
    "1250",
    literal(payment.description),
    "null",
    "null",
    "'{}'",
    literal(payment.success_url),
    literal(payment.failure_url),
    "null",
    literal("en"),
    "'{}'",
    "now()",
    "(now() + interval '1 day')",
    fresh("evt_"),
    literal(JSON.stringify(payment)),
    literal(whoami.merchant.name),
  ]);
}

async function overHttp(gateway, connections) {
  const result = await autocannon({
    url: `${gateway.url}/api/v2/payments`,
    connections,
    duration: seconds,
    method: "POST",
    headers: headersOf(gateway),
    requests: [{ setupRequest: (call) => ({ ...call, body: order() }) }],
  });
  const created = result.statusCodeStats["200"]?.count ?? 0;
  if (created !== result.requests.total) throw new Error(JSON.stringify(result.statusCodeStats));
  return created / result.duration;
}

function ask(gateway, agent) {
  return new Promise((resolve, reject) => {
    const call = request(`${gateway.url}/api/v2/payments`, { method: "POST", headers: headersOf(gateway), agent });
    call.on("response", (answer) => {
      answer.resume();
      answer.on("end", () => (answer.statusCode === 200 ? resolve() : reject(new Error(String(answer.statusCode)))));
    });
    call.on("error", reject);
    call.end(order());
  });
}

/** The median in ms of calls that come one after the other; autocannon counts whole milliseconds only. */
async function latencyOverHttp(gateway) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const took = [];
  for (const until = performance.now() + seconds * 1000; performance.now() < until; ) {
    const started = performance.now();
    await ask(gateway, agent);
    took.push(performance.now() - started);
  }
  agent.destroy();
  return took.toSorted((a, b) => a - b)[Math.floor(took.length / 2)];
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Both in turns; the first round warms up and does not count. */
async function inTurns(one, other) {
  const runs = [];
  for (let round = 0; round <= rounds; round += 1) runs.push([await one(), await other()]);
  const counted = runs.slice(1);
  return {
    one: median(counted.map(([a]) => a)),
    other: median(counted.map(([, b]) => b)),
    ratio: median(counted.map(([a, b]) => a / b)),
  };
}

sayMachine();
console.log(`${rounds} rounds of ${seconds} s, medians\n`);
const gateway = await startGateway({
  KINETICPAY_KEY_RATE: most,
  KINETICPAY_KEY_BURST: most,
  KINETICPAY_KEY_CONCURRENCY: "1000",
});
try {
  const script = await scriptOf(gateway);
  const many = await inTurns(
    () => overHttp(gateway, 64),
    async () => (await pgbench(gateway.dataDirectory, script, { clients: 64, seconds })).rate,
  );
  console.log("| | gateway | pgbench | ratio | aim |");
  console.log("|---|---|---|---|---|");
  const whole = (number) => String(Math.round(number));
  console.log(
    `| payments a second, 64 at once | ${whole(many.one)} | ${whole(many.other)} | ${many.ratio.toFixed(2)} | ≥ 1.0 |`,
  );
  const alone = await inTurns(
    () => latencyOverHttp(gateway),
    async () => (await pgbench(gateway.dataDirectory, script, { clients: 1, seconds })).medianMs,
  );
  const ms = (number) => `${number.toFixed(2)} ms`;
  console.log(
    `| one after the other, p50 | ${ms(alone.one)} | ${ms(alone.other)} | ${alone.ratio.toFixed(2)} | ≤ 1.5 |`,
  );
} finally {
  await gateway.stop();
}
