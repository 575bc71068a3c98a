import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

const at = (file) => new URL(file, import.meta.url).pathname;

/** Starts the built gateway in a folder of its own and waits until it is ready. */
export async function startGateway(settings) {
  const folder = await mkdtemp(path.join(tmpdir(), "kp-bench-"));
  const child = spawn(process.execPath, [at("../packages/server/dist/main.js")], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: "0",
      KINETICPAY_SIMULATOR_PORT: "0",
      KINETICPAY_DATA_DIR: path.join(folder, "data"),
      KINETICPAY_LOG_LEVEL: "error",
      ...settings,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  ended.then(([code]) => code === 0 || code === null || console.error(`the gateway ended with ${code}`));
  let told = "";
  for await (const text of child.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    told += text;
    if (told.includes("KineticPay is ready")) break;
  }
  child.stdout.resume();
  const access = JSON.parse(await readFile(path.join(folder, "data", "sandbox.json"), "utf8"));
  return {
    pid: child.pid,
    dataDirectory: path.join(folder, "data"),
    collectionId: access.collection_id,
    url: access.base_url,
    key: access.api_key,
    merchantKey: access.merchant_key,
    simulatorUrl: access.simulator_url,
    /** Runs the operator's program on the gateway's database and reads its JSON. */
    async operate(...words) {
      const operator = spawn(process.execPath, [at("../packages/server/dist/operator/main.js"), ...words, "--json"], {
        env: { PATH: process.env.PATH, HOME: process.env.HOME, KINETICPAY_DATA_DIR: path.join(folder, "data") },
        stdio: ["ignore", "pipe", "inherit"],
      });
      let printed = "";
      for await (const text of operator.stdout.setEncoding("utf8")) printed += text;
      return JSON.parse(printed);
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Starts a bare Fastify that answers the same bytes on the same path. */
export async function startBare(answer) {
  const child = fork(at("bare-server.mjs"));
  child.send(answer);
  const [url] = await once(child, "message");
  return { pid: child.pid, url, stop: () => child.disconnect() };
}

/** Seconds of processor time that a process has used; only Linux tells, in hundredths. */
export async function processorTimeS(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
