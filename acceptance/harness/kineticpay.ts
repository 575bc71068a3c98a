import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Program, projectFolder, startCommand } from "./program.ts";

/** The launcher that npm links as `kineticpay`. */
const launcher = path.join(projectFolder, "packages/cli/bin/kineticpay.js");

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** What comes on standard input; nothing when left out. */
  readonly input?: string;
  /** Where the command is typed, when that is not where its sandbox is. */
  readonly folder?: string;
}

/** Somebody at a terminal that is no TTY, with folders for profiles and state of their own. */
export interface Typist {
  readonly home: string;
  /** Types a command and waits for its end. */
  run(words: readonly string[], options?: RunOptions): Promise<Ran>;
  /** The same, with its standard output as JSON; fails unless it ends with 0. */
  json<T>(words: readonly string[], options?: RunOptions): Promise<T>;
  /** Types a command that goes on until it is stopped. */
  start(words: readonly string[], options?: RunOptions): Program;
  leave(): Promise<void>;
}

/** @param folder where commands are typed; the sandbox's keys are found from there */
export async function newTypist(folder: string): Promise<Typist> {
  const home = await mkdtemp(path.join(tmpdir(), "kp-typist-"));
  const base = { HOME: home, XDG_CONFIG_HOME: `${home}/config`, XDG_STATE_HOME: `${home}/state` };
  const run = (words: readonly string[], options: RunOptions = {}) =>
    new Promise<Ran>((resolve, reject) => {
      const { PATH = "" } = process.env;
      const child = spawn(process.execPath, [launcher, ...words], {
        cwd: options.folder ?? folder,
        env: { PATH, ...base, ...options.environment },
        stdio: ["pipe", "pipe", "pipe"],
      });
      let [stdout, stderr] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
      });
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, stdout, stderr }));
      child.stdin.on("error", () => undefined);
      child.stdin.end(options.input ?? "");
    });
  return {
    home,
    run,
    async json<T>(words: readonly string[], options: RunOptions = {}) {
      const { code, stdout, stderr } = await run([...words, "--json"], options);
      if (code !== 0) throw new Error(`kineticpay ${words.join(" ")} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as T;
    },
    start: (words, options = {}) =>
      startCommand(
        process.execPath,
        [launcher, ...words],
        { ...base, ...options.environment },
        options.folder ?? folder,
      ),
    leave: () => rm(home, { recursive: true, force: true }),
  };
}
