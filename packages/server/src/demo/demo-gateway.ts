import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
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
  /** Stops it and removes its folder. */
  close(): Promise<void>;
}

const readyWithinMs = 60_000;
const program = fileURLToPath(new URL("../main.js", import.meta.url));

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** The environment without any setting of the gateway, so that the demo does the same everywhere. */
function environmentWithout(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isSetting = (name: string) => name.startsWith("KINETICPAY_") || /^(PORT|HOST|DATABASE_URL(_FILE)?)$/.test(name);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isSetting(name)));
}

/** Starts a gateway. @throws with what it said when it does not become ready */
export async function startDemoGateway(): Promise<DemoGateway> {
  const folder = await mkdtemp(path.join(tmpdir(), "kineticpay-demo-"));
  const began = performance.now();
  const child = spawn(process.execPath, [program], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...environmentWithout(process.env),
      PORT: String(await freePort()),
      KINETICPAY_SIMULATOR_PORT: String(await freePort()),
      KINETICPAY_DATA_DIR: folder,
      KINETICPAY_LOG_LEVEL: "error",
    },
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = `${said}${text}`.slice(-4_000);
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const close = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  // Also when the demo itself is stopped half-way, or fails where nobody expected it.
  process.once("exit", () => child.kill("SIGTERM"));
  const ready = new Promise<void>((resolve, reject) => {
    let printed = "";
    child.once("error", reject);
    void ended.then(() => reject(new Error(`the gateway did not start: ${said.trim()}`)));
    setTimeout(
      () => reject(new Error(`the gateway was not ready within ${readyWithinMs} ms: ${said.trim()}`)),
      readyWithinMs,
    ).unref();
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      if (printed.includes("KineticPay is ready")) resolve();
    });
  });
  try {
    await ready;
    const access = JSON.parse(await readFile(path.join(folder, "sandbox.json"), "utf8")) as DemoAccess;
    return { access, readyAfterMs: Math.round(performance.now() - began), close };
  } catch (error) {
    await close();
    throw error;
  }
}
