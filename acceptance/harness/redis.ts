import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "./free-port.ts";
import { startCommand } from "./program.ts";
import { until } from "./until.ts";

/** A real Redis that keeps nothing. */
export interface Redis {
  readonly url: string;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
}

/** Whether this machine has one; CI does. */
export function hasRedis(): boolean {
  return spawnSync("redis-server", ["--version"]).status === 0;
}

/** Starts a Redis of its own on loopback, and waits until it takes connections. */
export async function startRedis(): Promise<Redis> {
  const port = await freePort();
  const folder = await mkdtemp(path.join(tmpdir(), "kp-redis-"));
  const words = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder];
  const program = startCommand("redis-server", words, {});
  await until("Redis to be ready", () => program.stdout().includes("Ready to accept connections"));
  return {
    url: `redis://127.0.0.1:${port}`,
    async kill() {
      program.process.kill("SIGKILL");
      await program.ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
