import { spawn } from "node:child_process";
import type { RunAs } from "./run-as.ts";

/** How a program ended, and the last 16 KiB of what it printed. */
export type ProgramResult = { ok: boolean; output: string };

/**
 * The whole environment of the programs we start: they get none of the gateway's, which may hold secrets, and nothing
 * that would make Postgres behave differently from machine to machine. A fixed TZ also spares initdb a slow search.
 */
export const programEnvironment = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  TZ: "UTC",
  LC_ALL: "C",
};

/** Runs a program to its end as the given identity. Never throws: a program that cannot be started is not ok. */
export function runProgram(runAs: RunAs, program: string, args: readonly string[]): Promise<ProgramResult> {
  const [command, ...wrapped] = [...runAs.wrapper, program, ...args];
  return new Promise((resolve) => {
    let output = "";
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString("utf8")).slice(-16_384);
    };
    const child = spawn(command ?? program, wrapped, {
      ...runAs.identity,
      // The gateway's own folder may be closed to that identity.
      cwd: "/",
      env: programEnvironment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => resolve({ ok: false, output: error.message }));
    child.on("close", (code, signal) =>
      resolve({ ok: code === 0, output: output.trim() || (code === 0 ? "" : `ended with ${code ?? signal}`) }),
    );
  });
}
