import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { findSandbox, type Sandbox } from "../access/sandbox-file.ts";
import { CliError } from "../cli-error.ts";
import type { Context } from "../context.ts";
import { removeSandboxData } from "./fresh-data.ts";
import { logLine } from "./log-line.ts";
import { runningSandbox } from "./running-sandbox.ts";

export interface SandboxOptions {
  readonly isFresh: boolean;
  readonly isVerbose: boolean;
  readonly port: string | undefined;
  readonly simulatorPort: string | undefined;
  readonly dataDirectory: string | undefined;
}

/** The gateway's own program. It is started and never imported: the command knows the gateway from outside alone. */
const program = fileURLToPath(new URL("../../../server/dist/main.js", import.meta.url));
const readyLine = "KineticPay is ready";

/** Settings of some other gateway: a sandbox that took them would not be one of its own. */
const foreign =
  /^(DATABASE_(OWNER_)?URL|REDIS_URL|KINETICPAY_(MODE|PUBLIC_URL|FPX_\w+|API_KEY|BASE_URL|PROFILE|WEBHOOK_SECRET))(_FILE)?$/;

function environmentFor(context: Context, options: SandboxOptions, folder: string): NodeJS.ProcessEnv {
  const kept = Object.entries(context.settings.environment).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(kept),
    KINETICPAY_MODE: "sandbox",
    KINETICPAY_DATA_DIR: folder,
    KINETICPAY_LOG_LEVEL: options.isVerbose ? "debug" : "warn",
    ...(options.port === undefined ? {} : { PORT: options.port }),
    ...(options.simulatorPort === undefined ? {} : { KINETICPAY_SIMULATOR_PORT: options.simulatorPort }),
  };
}

/** One sandbox works on a folder at a time, and whoever wants one has it. */
function runsAlready({ baseUrl, file }: Sandbox): CliError {
  return new CliError(
    "sandbox_runs_already",
    `The sandbox of ${path.dirname(file)} runs already, at ${baseUrl}: use it, nothing more has to be started.`,
    {
      next: "any other command in this folder, such as kineticpay doctor; for a second sandbox, kineticpay dev --data-dir other --port 0 --simulator-port 0",
    },
  );
}

/** What the program said when it would not start, with what to do about it. */
function startFailure(said: string): CliError {
  const isPort = said.includes("EADDRINUSE");
  const isFolder = /another gateway|in use/i.test(said) && !isPort;
  const next = isPort
    ? "kineticpay dev --port 0 --simulator-port 0, which takes free ones"
    : isFolder
      ? "use the sandbox that runs already, or kineticpay dev --data-dir with another folder"
      : "put right what it says, then kineticpay dev";
  const [first = "it gave no reason", ...details] = said.trim().split("\n").slice(-8);
  return new CliError("sandbox_not_started", `The gateway did not start: ${first}`, { details, next });
}

/**
 * Runs the gateway's program, with its bank simulator, until somebody stops it.
 * @param onReady is told once, when it takes calls
 * @returns the program's exit code
 * @throws CliError sandbox_runs_already, sandbox_not_started, and what removing data throws
 */
export async function runSandbox(
  context: Context,
  options: SandboxOptions,
  onReady: (sandbox: Sandbox) => void,
): Promise<number> {
  if (!existsSync(program)) {
    throw new CliError("not_built", "The gateway is not built, or not part of this installation.", {
      next: "npm ci, or npm run build, in a checkout of the project",
    });
  }
  const folder = path.resolve(context.folder, options.dataDirectory ?? context.settings.dataDirectory ?? "data");
  if (options.isFresh) await removeSandboxData(folder);
  const running = await runningSandbox(folder, context.signal);
  if (running !== undefined) throw runsAlready(running);
  const child = spawn(process.execPath, [program], {
    stdio: ["ignore", "pipe", "pipe"],
    env: environmentFor(context, options, folder),
    // A group of its own, so that Ctrl-C and the like reach it once, from here. Told twice, it would not end in order.
    detached: true,
  });
  let hasEnded = false;
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      hasEnded = true;
      resolve(code ?? (signal === "SIGTERM" ? 0 : 1));
    });
  });
  // Also when this command ends in a way that nobody foresaw: a gateway that nobody sees must not stay.
  process.once("exit", () => hasEnded || child.kill("SIGTERM"));
  context.signal.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
  const said: string[] = [];
  let isReady = false;
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (!isReady) said.push(logLine(line, context.terminal.paintTalk, false));
    if (isReady || options.isVerbose) context.terminal.say(logLine(line, context.terminal.paintTalk, true));
  });
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => line.includes(readyLine) && resolve());
  });
  await context.terminal.during("Starting the sandbox", () => Promise.race([ready, ended]));
  isReady = !hasEnded;
  if (isReady) await tellReady(folder, onReady);
  const code = await ended;
  if (!isReady && !context.signal.aborted) throw startFailure(said.join("\n"));
  return code;
}

async function tellReady(folder: string, onReady: (sandbox: Sandbox) => void): Promise<void> {
  const sandbox = await findSandbox(folder, folder);
  if (sandbox !== undefined) onReady(sandbox);
}
