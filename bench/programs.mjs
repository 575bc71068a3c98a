import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

const at = (file) => new URL(file, import.meta.url).pathname;

const running = new Set();
// A bench that fails must not leave gateways behind.
process.once("exit", () => {
  for (const child of running) child.kill("SIGTERM");
});

const toClose = new Set();
for (const name of ["SIGINT", "SIGTERM"]) {
  process.once(name, async () => {
    // The last first: a gateway before the database that it uses.
    for (const close of [...toClose].reverse()) await close().catch(() => undefined);
    process.exit(130);
  });
}

/**
 * Closes something also when the bench is stopped in the middle.
 * @param {() => Promise<void>} close
 * @returns the same, which then need not be done any more
 */
export function alsoWhenStopped(close) {
  toClose.add(close);
  return async () => {
    toClose.delete(close);
    await close();
  };
}

/** Starts a program with nothing of this one's environment but what finding others needs; it is stopped with this one. */
export function startProgram(words, { settings = {}, ...options } = {}) {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, words, {
    env: { PATH, HOME, ...settings },
    stdio: ["ignore", "pipe", "inherit"],
    ...options,
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

/** A folder that a gateway can be started in several times. */
export const makeFolder = () => mkdtemp(path.join(tmpdir(), "kp-bench-"));
export const removeFolder = (folder) => rm(folder, { recursive: true, force: true });

/**
 * Starts the built gateway and waits until it says that it is ready.
 * @param {Record<string, string>} settings
 * @param {{ folder?: string, nodeWords?: string[] }} options a folder of its own, removed at the end, when none is given
 */
export async function startGateway(settings, { folder: given, nodeWords = [] } = {}) {
  const folder = given ?? (await makeFolder());
  const data = { KINETICPAY_DATA_DIR: path.join(folder, "data") };
  const child = startProgram([...nodeWords, at("../packages/server/dist/main.js")], {
    settings: { PORT: "0", KINETICPAY_SIMULATOR_PORT: "0", KINETICPAY_LOG_LEVEL: "error", ...data, ...settings },
  });
  const ended = once(child, "exit");
  ended.then(([code]) => code === 0 || code === null || console.error(`the gateway ended with ${code}`));
  let told = "";
  for await (const text of child.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    told += text;
    if (told.includes("KineticPay is ready")) break;
  }
  if (!told.includes("KineticPay is ready")) throw new Error("the gateway ended before it was ready");
  child.stdout.resume();
  const access = JSON.parse(await readFile(path.join(folder, "data", "sandbox.json"), "utf8"));
  const database = Object.fromEntries(Object.entries(settings).filter(([name]) => name.startsWith("DATABASE_")));
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
      const operator = startProgram([at("../packages/server/dist/operator/main.js"), ...words, "--json"], {
        settings: { ...data, ...database },
      });
      let printed = "";
      for await (const text of operator.stdout.setEncoding("utf8")) printed += text;
      return JSON.parse(printed);
    },
    stop: alsoWhenStopped(async () => {
      child.kill("SIGTERM");
      await ended;
      if (given === undefined) await removeFolder(folder);
    }),
  };
}

/** Starts a bare Fastify that answers the same bytes on the same path. */
export async function startBare(answer) {
  const child = startHelper("bare-server.mjs");
  child.send(answer);
  const [url] = await once(child, "message");
  return { pid: child.pid, url, stop: () => child.disconnect() };
}

/** Starts a script of this folder that is told over IPC what to do, and ends when it is disconnected. */
export const startHelper = (file) => fork(at(file));

/** Seconds of processor time that a process has used; only Linux tells, in hundredths. */
export async function processorTimeS(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Memory that a process holds, in MB (2^20 bytes); only Linux tells. */
export async function memoryMb(pid) {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
