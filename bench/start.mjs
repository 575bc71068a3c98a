// How long it takes from the command until the gateway says that it is ready to answer.
import { request } from "node:http";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { shown } from "./figures.mjs";
import { makeFolder, removeFolder, startProgram } from "./programs.mjs";

const program = new URL("../packages/server/dist/main.js", import.meta.url).pathname;
const withinS = 60;

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const isReady = (port) =>
  new Promise((resolve) => {
    const asked = request({ host: "127.0.0.1", port, path: "/ready", agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on("error", () => resolve(false));
    asked.end();
  });

/** Starts it in that folder, waits and stops it. @returns seconds from the start of the process to the first 200 of `/ready` */
async function startIn(folder) {
  const port = await freePort();
  const began = performance.now();
  const child = startProgram([program], {
    settings: {
      PORT: String(port),
      KINETICPAY_SIMULATOR_PORT: "0",
      KINETICPAY_LOG_LEVEL: "error",
      KINETICPAY_DATA_DIR: path.join(folder, "data"),
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  while (!(await isReady(port))) {
    if (child.exitCode !== null) throw new Error(`the gateway ended with ${child.exitCode}`);
    if (performance.now() - began > withinS * 1000) throw new Error(`not ready after ${withinS} s`);
    await pause(5);
  }
  const tookS = (performance.now() - began) / 1000;
  child.kill("SIGTERM");
  await ended;
  return tookS;
}

export async function measure({ rounds, say }) {
  const found = { warm: [], cold: [] };
  for (let round = 0; round <= rounds; round += 1) {
    const folder = await makeFolder();
    try {
      const cold = await startIn(folder);
      const warm = await startIn(folder);
      say(`cold ${shown(cold)} s, warm ${shown(warm)} s`);
      // The first brings the programs from the disk into memory.
      if (round === 0) continue;
      found.cold.push({ ours: cold });
      found.warm.push({ ours: warm });
    } finally {
      await removeFolder(folder);
    }
  }
  return { limits: {}, rounds: found };
}
