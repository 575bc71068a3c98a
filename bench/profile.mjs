// Where the processor time of a call goes: runs the gateway under V8's sampling profiler with the load of a bench, and adds up
// self time by package, room and part of Node, and by function.
//
//   node bench/profile.mjs create|get|invalid|missing [connections] [seconds]
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { bearer, createOne, createRequest, flood, jsonHeaders, unlimitedKey } from "./http-load.mjs";
import { sayMachine } from "./machine.mjs";
import { categoryOf, selfTimes } from "./profile-shares.mjs";
import { processorTimeS, startGateway } from "./programs.mjs";

const [work = "create", connections = "64", seconds = "8"] = process.argv.slice(2);
const mostFunctions = 40;

/** The calls by name, and what they are answered. */
const works = {
  create: { status: 200, requests: (gateway) => [createRequest(gateway)] },
  get: {
    status: 200,
    requests: async (gateway) => {
      const { id } = await createOne(gateway);
      return [{ method: "GET", path: `/api/v2/payments/${id}`, headers: bearer(gateway) }];
    },
  },
  invalid: {
    status: 403,
    requests: (gateway) => [
      {
        method: "POST",
        path: "/api/v2/payments",
        headers: jsonHeaders(gateway),
        body: '{"amount":"12.50","invoice":"10001"}',
      },
    ],
  },
  missing: {
    status: 404,
    requests: (gateway) => [{ method: "GET", path: "/api/v2/payments/pay_0", headers: bearer(gateway) }],
  },
};

/** On the clock of the profiler, which is the same in every process. */
const nowUs = () => Number(process.hrtime.bigint() / 1_000n);

async function profiled(folder) {
  const nodeWords = ["--cpu-prof", `--cpu-prof-dir=${folder}`, "--cpu-prof-interval=500"];
  const gateway = await startGateway(unlimitedKey, { nodeWords });
  try {
    const { status, requests } = works[work];
    const load = {
      connections: Number(connections),
      seconds: Number(seconds),
      requests: await requests(gateway),
      status,
    };
    await flood(gateway.url, { ...load, seconds: 3 });
    const usedS = await processorTimeS(gateway.pid);
    const fromUs = nowUs();
    const rate = await flood(gateway.url, load);
    const toUs = nowUs();
    const callUs = (((await processorTimeS(gateway.pid)) - usedS) / (rate * load.seconds)) * 1e6;
    return { rate, callUs, fromUs, toUs };
  } finally {
    await gateway.stop();
  }
}

function tellShares(title, shares, total, callUs, most) {
  console.log(`\n| ${title} | share | µs of a call |\n|---|---|---|`);
  const sorted = [...shares].toSorted(([, a], [, b]) => b - a).slice(0, most);
  for (const [name, us] of sorted)
    console.log(`| ${name} | ${((us / total) * 100).toFixed(1)}% | ${((us / total) * callUs).toFixed(1)} |`);
}

if (works[work] === undefined) {
  console.error(`Usage: node bench/profile.mjs ${Object.keys(works).join("|")} [connections] [seconds]`);
  process.exit(64);
}
const folder = await mkdtemp(path.join(tmpdir(), "kp-profile-"));
try {
  sayMachine();
  const { rate, callUs, fromUs, toUs } = await profiled(folder);
  const [file] = (await readdir(folder)).filter((name) => name.endsWith(".cpuprofile"));
  const profile = JSON.parse(await readFile(path.join(folder, file), "utf8"));
  const times = selfTimes(profile, { fromUs, toUs });
  const total = times.reduce((sum, { us }) => sum + us, 0);
  console.log(
    `${work}, ${connections} connections: ${Math.round(rate)} a second, ${Math.round(callUs)} µs of processor time each,`,
  );
  console.log(`all threads together; of the time of the main thread:`);
  const sumBy = (nameOf) => {
    const sums = new Map();
    for (const each of times) sums.set(nameOf(each), (sums.get(nameOf(each)) ?? 0) + each.us);
    return sums;
  };
  tellShares("Part", sumBy(categoryOf), total, callUs, 60);
  const functionOf = (each) =>
    `${each.name} (${categoryOf(each)}${each.line > 0 ? `, ${path.basename(each.url)}:${each.line}` : ""})`;
  tellShares("Function", sumBy(functionOf), total, callUs, mostFunctions);
} finally {
  await rm(folder, { recursive: true, force: true });
}
