import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of the whole project. */
export const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One of the project's built programs, running. */
export interface Program {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** When it has ended and all that it printed has been read. A process that lives on after it may hold that up. */
  readonly closed: Promise<Ended>;
  hasEnded(): boolean;
  stdout(): string;
  stderr(): string;
}

const running = new Set<ChildProcess>();
// A worker that is stopped in the middle must not leave gateways behind.
process.once("exit", () => {
  for (const child of running) child.kill("SIGTERM");
});

/**
 * Starts a built program by its path below the project.
 * @param environment all that it sees; nothing is passed on from here but what finding other programs needs
 */
export function startProgram(
  file: string,
  environment: Readonly<Record<string, string>>,
  words: readonly string[] = [],
): Program {
  const script = `${projectFolder}${file}`;
  if (!existsSync(script)) throw new Error(`${file} is not there; run "npm run build" first`);
  return startCommand(process.execPath, [script, ...words], environment);
}

/** Starts any command in the project's folder. */
export function startCommand(
  command: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  folder: string = projectFolder,
): Program {
  const { PATH = "", HOME = "", TMPDIR } = process.env;
  const child = spawn(command, words, {
    cwd: folder,
    env: { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  let hasEnded = false;
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    // Not "close": the database of a killed gateway lives on and holds the pipes open.
    child.once("exit", (code, signal) => {
      hasEnded = true;
      running.delete(child);
      resolve({ code, signal });
    });
  });
  const closed = new Promise<Ended>((resolve) => {
    child.once("close", (code: number | null, signal: NodeJS.Signals | null) => resolve({ code, signal }));
  });
  return {
    process: child,
    pid: child.pid ?? 0,
    ended,
    closed,
    hasEnded: () => hasEnded,
    stdout: () => stdout,
    stderr: () => stderr,
  };
}
