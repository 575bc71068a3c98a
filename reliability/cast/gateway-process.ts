import { readFile } from "node:fs/promises";
import path from "node:path";
import { type Ended, type Program, startProgram } from "../../acceptance/harness/program.ts";
import { openCaller } from "./call.ts";

/** What `sandbox.json` tells a program. */
export interface Access {
  readonly base_url: string;
  readonly api_key: string;
  readonly merchant_key: string;
  readonly collection_id: string;
  readonly signing_secret: string;
}

/** The gateway's program, which dies and is started again, always on the same folder and port. */
export interface GatewayProcess {
  readonly url: string;
  readonly dataDirectory: string;
  readonly program: Program;
  /** Starts it and waits until `/ready` answers 200. @returns milliseconds from the start of the process to then */
  start(settings?: Readonly<Record<string, string>>): Promise<number>;
  /** Starts it without waiting for anything. */
  launch(settings?: Readonly<Record<string, string>>): void;
  /** Waits until it is ready; undefined when it has ended instead. */
  untilReady(): Promise<number | undefined>;
  /** Runs the operator's program on the same settings. @returns its JSON, or how it ended when it did not do its work */
  operate(words: readonly string[], settings?: Readonly<Record<string, string>>): Promise<Operated>;
  /** SIGKILL. */
  kill(): Promise<Ended>;
  /** SIGTERM. */
  stop(): Promise<Ended & { readonly tookMs: number }>;
  access(): Promise<Access>;
  /** Memory that the process holds, in MiB. */
  memoryMiB(): Promise<number>;
  isRunning(): boolean;
}

/** What came of an operator's command. */
export type Operated = { readonly json: unknown } | { readonly ended: Ended; readonly stderr: string };

const readyWithinMs = 60_000;
const readyPauseMs = 5;

/** @param environment all settings, with PORT and KINETICPAY_DATA_DIR among them */
export function gatewayProcess(environment: Readonly<Record<string, string>>): GatewayProcess {
  const url = `http://127.0.0.1:${environment["PORT"]}`;
  const dataDirectory = environment["KINETICPAY_DATA_DIR"] ?? "";
  let program: Program | undefined;
  let startedAt = 0;
  const current = (): Program => {
    if (program === undefined) throw new Error("the gateway was never started");
    return program;
  };
  const launch = (settings: Readonly<Record<string, string>> = {}) => {
    startedAt = performance.now();
    program = startProgram("packages/server/dist/main.js", { ...environment, ...settings });
  };
  const untilReady = async (): Promise<number | undefined> => {
    const caller = openCaller(1);
    const asked = current();
    try {
      for (;;) {
        const reached = await caller.call({ method: "GET", url: `${url}/ready`, timeoutMs: 2_000 });
        if (reached.kind === "answer" && reached.status === 200) return performance.now() - startedAt;
        if (asked.hasEnded()) return undefined;
        if (performance.now() - startedAt > readyWithinMs) throw new Error("the gateway did not get ready");
        await new Promise((resolve) => setTimeout(resolve, readyPauseMs));
      }
    } finally {
      caller.close();
    }
  };
  return {
    url,
    dataDirectory,
    get program() {
      return current();
    },
    launch,
    untilReady,
    async start(settings) {
      launch(settings);
      const readyMs = await untilReady();
      if (readyMs === undefined) throw new Error(`the gateway ended instead of getting ready:\n${program?.stderr()}`);
      return readyMs;
    },
    async operate(words, settings = {}) {
      const ran = startProgram("packages/server/dist/operator/main.js", { ...environment, ...settings }, [
        ...words,
        "--json",
      ]);
      const ended = await ran.closed;
      if (ended.code !== 0) return { ended, stderr: ran.stderr() };
      return { json: JSON.parse(ran.stdout()) as unknown };
    },
    async kill() {
      current().process.kill("SIGKILL");
      return current().ended;
    },
    async stop() {
      const began = performance.now();
      current().process.kill("SIGTERM");
      return { ...(await current().ended), tookMs: performance.now() - began };
    },
    access: async () => JSON.parse(await readFile(path.join(dataDirectory, "sandbox.json"), "utf8")) as Access,
    async memoryMiB() {
      const status = await readFile(`/proc/${current().pid}/status`, "utf8");
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
    },
    isRunning: () => program !== undefined && !program.hasEnded(),
  };
}
