import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Api, apiOf } from "./api.ts";
import { type ExchangeControl, exchangeControl } from "./exchange-control.ts";
import { freePort } from "./free-port.ts";
import { type Ended, type Program, startProgram } from "./program.ts";
import { until } from "./until.ts";

/** `sandbox.json`, as the issue promises it to a newcomer. */
export interface SandboxAccess {
  readonly base_url: string;
  readonly simulator_url: string;
  readonly api_key: string;
  readonly merchant_key: string;
  readonly collection_id: string;
  readonly signing_secret: string;
  readonly curl: string;
}

/** A gateway of its own: the built program in a temporary folder, on ports that it keeps through restarts. */
export interface Gateway {
  readonly url: string;
  readonly simulatorUrl: string;
  readonly dataDirectory: string;
  readonly access: SandboxAccess;
  readonly api: Api;
  readonly exchange: ExchangeControl;
  /** The process that runs now. */
  readonly program: Program;
  /** How long the last start took until the gateway was ready. */
  readonly startedInMs: number;
  /** SIGTERM; answers how the process ended and how long that took. */
  stop(): Promise<Ended & { readonly tookMs: number }>;
  /** SIGKILL, as a crash or the kernel would. */
  kill(): Promise<void>;
  /** Starts the program again on the same folder and ports. */
  start(): Promise<void>;
  kill9AndRestart(): Promise<void>;
  /** Stops the gateway, its database too, and removes the folder. */
  dispose(): Promise<void>;
}

/** What makes the gateway's own clockwork quick enough for a test: the settings are documented, only their values differ. */
export const quick = {
  KINETICPAY_REQUERY_SCHEDULE: "1,2,3,4,5,6,8,10,12,15,20,25,30",
  KINETICPAY_APPROVAL_SCHEDULE: "1",
  KINETICPAY_CALLBACK_SCHEDULE: "1,1,1,1,1",
  KINETICPAY_POLL_INTERVAL_MS: "100",
} as const;

const readyWithinMs = 30_000;

export interface GatewayOptions {
  readonly settings?: Readonly<Record<string, string>>;
  readonly dataDirectory?: string;
}

/** Starts a gateway and waits until it is ready. */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const folder = options.dataDirectory ?? path.join(await mkdtemp(path.join(tmpdir(), "kp-acceptance-")), "data");
  const environment = await environmentOf(folder, options.settings);
  let program = startProgram("packages/server/dist/main.js", environment);
  let startedInMs = await ready(program);
  const access = await readAccess(folder);
  const start = async () => {
    program = startProgram("packages/server/dist/main.js", environment);
    startedInMs = await ready(program);
  };
  const stop = async () => {
    const began = performance.now();
    program.process.kill("SIGTERM");
    return { ...(await program.ended), tookMs: Math.round(performance.now() - began) };
  };
  const kill = async () => {
    program.process.kill("SIGKILL");
    await program.ended;
  };
  return {
    url: access.base_url,
    simulatorUrl: access.simulator_url,
    dataDirectory: folder,
    access,
    api: apiOf(access.base_url, access.api_key),
    exchange: exchangeControl(access.simulator_url),
    get program() {
      return program;
    },
    get startedInMs() {
      return startedInMs;
    },
    stop,
    kill,
    start,
    async kill9AndRestart() {
      await kill();
      await start();
    },
    async dispose() {
      // A killed gateway has left its database running; only a gateway can stop it in an orderly way.
      if (program.hasEnded() && (await program.ended).signal === "SIGKILL") await start();
      if (!program.hasEnded()) await stop();
      await rm(path.dirname(folder), { recursive: true, force: true });
    },
  };
}

/** The settings of a gateway with a folder of its own and ports that nobody else has. */
export async function environmentOf(
  folder: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Record<string, string>> {
  return {
    PORT: String(await freePort()),
    KINETICPAY_SIMULATOR_PORT: String(await freePort()),
    KINETICPAY_DATA_DIR: folder,
    KINETICPAY_LOG_LEVEL: "warn",
    ...quick,
    ...settings,
  };
}

/** Waits for the line that says so; answers how long that took from now. */
export async function ready(program: Program): Promise<number> {
  const began = performance.now();
  await until(
    "the gateway to be ready",
    () => {
      if (program.hasEnded()) throw new Error(`the gateway ended instead of starting:\n${program.stderr()}`);
      return program.stdout().includes("KineticPay is ready") && program.stdout().includes("Try:");
    },
    readyWithinMs,
  );
  return Math.round(performance.now() - began);
}

export async function readAccess(folder: string): Promise<SandboxAccess> {
  return JSON.parse(await readFile(path.join(folder, "sandbox.json"), "utf8")) as SandboxAccess;
}
