import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** What `sandbox.json` tells a program that wants to make a payment. */
export interface DemoAccess {
  readonly base_url: string;
  readonly simulator_url: string;
  readonly api_key: string;
  readonly signing_secret: string;
}

/** A gateway that runs as `npm start` runs it, on free ports and in a folder of its own. */
export interface DemoGateway {
  readonly access: DemoAccess;
  readonly readyAfterMs: number;
  /** Rejects when the gateway ends before it is closed. */
  readonly lost: Promise<never>;
  /** Stops it and removes its folder. */
  close(): Promise<void>;
}

const readyWithinMs = 60_000;
const program = fileURLToPath(new URL("../main.js", import.meta.url));

/** The environment without any setting of the gateway, so that the demo does the same everywhere. */
function environmentWithout(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isSetting = (name: string) =>
    name.startsWith("KINETICPAY_") || /^(PORT|HOST|DATABASE_(OWNER_)?URL(_FILE)?)$/.test(name);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isSetting(name)));
}

/** Starts the program, and keeps the last that it says about its troubles. */
function start(environment: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "pipe"], env: environment });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = `${said}${text}`.slice(-4_000);
  });
  // Also when the demo itself is stopped half-way, or fails where nobody expected it.
  process.once("exit", () => child.kill("SIGTERM"));
  const ended = new Promise<void>((resolve, reject) => {
    child.once("exit", () => resolve());
    child.once("error", reject);
  });
  const lost = ended.then((): never => {
    throw new Error(`the gateway ended before its time. ${said.trim()}`);
  });
  lost.catch(() => undefined);
  const ready = new Promise<void>((resolve) => {
    let printed = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      if (printed.includes("KineticPay is ready")) resolve();
    });
  });
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  return { ready, lost, stop };
}

function tooLate(): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => reject(new Error(`the gateway was not ready within ${readyWithinMs / 1000} s`));
    setTimeout(fail, readyWithinMs).unref();
  });
}

/** Starts a gateway. @throws with what it said when it does not become ready */
export async function startDemoGateway(): Promise<DemoGateway> {
  const folder = await mkdtemp(path.join(tmpdir(), "kineticpay-demo-"));
  const began = performance.now();
  const running = start({
    ...environmentWithout(process.env),
    PORT: "0",
    KINETICPAY_SIMULATOR_PORT: "0",
    KINETICPAY_DATA_DIR: folder,
    KINETICPAY_LOG_LEVEL: "error",
  });
  const close = async () => {
    await running.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.race([running.ready, running.lost, tooLate()]);
    const access = JSON.parse(await readFile(path.join(folder, "sandbox.json"), "utf8")) as DemoAccess;
    return { access, readyAfterMs: Math.round(performance.now() - began), lost: running.lost, close };
  } catch (error) {
    await close();
    throw error;
  }
}
