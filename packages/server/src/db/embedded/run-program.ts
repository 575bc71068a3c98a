import { spawn } from "node:child_process";
import { errorText } from "./embedded-postgres-error.ts";
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
export async function runProgram(runAs: RunAs, program: string, args: readonly string[]): Promise<ProgramResult> {
  const [command = program, ...wrapped] = [...runAs.wrapper, program, ...args];
  try {
    return await new Promise((resolve, reject) => {
      let output = "";
      const keep = (chunk: Buffer) => {
        output = (output + chunk.toString("utf8")).slice(-16_384);
      };
      // The gateway's own folder may be closed to that identity.
      const options = { ...runAs.identity, cwd: "/", env: programEnvironment };
      const child = spawn(command, wrapped, { ...options, stdio: ["ignore", "pipe", "pipe"] });
      child.stdout.on("data", keep);
      child.stderr.on("data", keep);
      child.on("error", reject);
      child.on("close", (code, signal) => {
        const ok = code === 0;
        resolve({ ok, output: output.trim() || (ok ? "" : `${program} ended with ${code ?? signal}`) });
      });
    });
  } catch (error) {
    // Some failures, such as an identity that may not be taken on, are thrown by spawn itself.
    return { ok: false, output: errorText(error) };
  }
}
