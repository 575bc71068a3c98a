import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { freePort } from "../../acceptance/harness/free-port.ts";
import { until } from "../../acceptance/harness/until.ts";

/** A Redis of Debian's, to be stopped, frozen and emptied. It keeps nothing. */
export interface OwnRedis {
  readonly url: string;
  flush(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Kills it, as a crash would. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Whether this machine has one. */
export function hasRedis(): boolean {
  return spawnSync("redis-server", ["--version"]).status === 0;
}

const answersWithinMs = 10_000;

function say(port: number, command: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(`${command}\r\n`));
    socket.once("error", () => resolve(false));
    socket.once("data", () => {
      socket.destroy();
      resolve(true);
    });
  });
}

export async function openOwnRedis(): Promise<OwnRedis> {
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async () => {
    const words = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    child = spawn("redis-server", words, { stdio: "ignore" });
    await until("Redis to answer", () => say(port, "PING"), answersWithinMs);
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    async flush() {
      await say(port, "FLUSHALL");
    },
    freeze: () => void child?.kill("SIGSTOP"),
    thaw: () => void child?.kill("SIGCONT"),
    async stop() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}
