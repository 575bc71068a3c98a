// What a call costs its caller: the client `kineticpay` against bare `fetch`, and against the client of another gateway, all
// aimed at one server that answers the same bytes whatever it is asked. Each caller is a process of its own, and all are
// measured in turns, in short runs, so that whatever else this machine does hits them alike.
//
//   npm run bench:sdk [-- calls rounds]     after npm run build
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { examplePayment } from "../packages/contract/dist/events/examples.js";
import { median } from "./figures.mjs";
import { sayMachine } from "./machine.mjs";

const [calls = 4000, rounds = 9] = process.argv.slice(2).map(Number);
const inFlight = [1, 16];
const mostOfFetch = 1.2;
/** Bare fetch comes first, since the others are told as parts of it. */
const callers = ["fetch", "fetch with a timeout", "kineticpay", "stripe over fetch", "stripe over node:http"];
const works = ["read", "create"];

const body = JSON.stringify(examplePayment);
const server = createServer((request, response) => {
  request.resume().on("end", () => {
    response.writeHead(200, {
      "content-type": "application/json; charset=utf-8",
      "x-request-id": "req_01KG9Q2W5T8B0J6E3Y9M4K7XRD",
    });
    response.end(body);
  });
});
server.keepAliveTimeout = 60_000;

function startCaller(name, port) {
  const child = fork(new URL("sdk-caller.mjs", import.meta.url).pathname);
  return {
    name,
    async run(work, concurrency) {
      child.send({ name, port, work, concurrency, calls });
      const [result] = await once(child, "message");
      if (result.error !== undefined) throw new Error(`${name}: ${result.error}`);
      return result;
    },
    stop: () => child.disconnect(),
  };
}

/** The first round warms all up. A caller's ratio is taken round by round, against the bare fetch of the same round. */
async function compare(all, work, concurrency) {
  const taken = [];
  for (let round = 0; round <= rounds; round += 1) {
    const results = {};
    // Whoever comes first finds the processor rested, so it is another one each time.
    const order = all.map((_caller, index) => all[(index + round) % all.length]);
    for (const caller of order) results[caller.name] = await caller.run(work, concurrency);
    if (round > 0) taken.push(results);
  }
  return callers.map((name) => {
    const of = (pick) => median(taken.map((results) => pick(results[name], results.fetch)));
    return {
      name,
      callUs: of((own) => own.callUs),
      rate: of((own) => own.rate),
      processor: of((own, bare) => own.callUs / bare.callUs),
      throughput: of((own, bare) => own.rate / bare.rate),
    };
  });
}

/** In what the client stays behind what it promises. */
function shortOf(rows) {
  const of = (name) => rows.find((row) => row.name === name);
  const ours = of("kineticpay");
  return [
    ...(ours.processor > mostOfFetch ? [`${ours.processor.toFixed(2)} of fetch's CPU`] : []),
    ...(of("stripe over fetch").processor < ours.processor ? ["stripe over fetch uses less CPU"] : []),
  ];
}

async function main() {
  sayMachine();
  console.log(`${rounds} rounds of ${calls} calls; medians\n`);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const all = callers.map((name) => startCaller(name, server.address().port));
  const missed = [];
  try {
    console.log("| call | at once | caller | CPU µs | of fetch | calls/s | of fetch |");
    console.log("|---|---|---|---|---|---|---|");
    for (const work of works) {
      for (const concurrency of inFlight) {
        const rows = await compare(all, work, concurrency);
        for (const { name, callUs, processor, rate, throughput } of rows) {
          const cells = [
            work,
            concurrency,
            name,
            callUs.toFixed(0),
            processor.toFixed(2),
            rate.toFixed(0),
            throughput.toFixed(2),
          ];
          console.log(`| ${cells.join(" | ")} |`);
        }
        missed.push(...shortOf(rows).map((what) => `${work}, ${concurrency} at once: ${what}`));
      }
    }
    console.log(
      `\nat most ${mostOfFetch} of fetch's CPU, and less than another client over fetch: ${missed.length === 0 ? "held" : "missed"}`,
    );
    for (const each of missed) console.log(`  ${each}`);
    console.log("A client of Web fetch alone cannot be ahead of node:http where fetch itself is not: see its row.");
    process.exitCode = missed.length === 0 ? 0 : 1;
  } finally {
    for (const caller of all) caller.stop();
    server.closeAllConnections();
    server.close();
  }
}

await main();
