import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { environmentOf, type Gateway, type GatewayOptions, readAccess, ready, startGateway } from "./gateway.ts";
import { type Program, startProgram } from "./program.ts";

/** Several processes of the gateway on one database, as an operator runs them behind a load balancer. */
export interface Fleet {
  /** The process that brought the database and the simulator, with the keys that all of them know. */
  readonly first: Gateway;
  /** Where each process listens, the first's own address first. */
  readonly urls: readonly string[];
  dispose(): Promise<void>;
}

interface Further {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Where the first gateway's embedded server listens. It opens no port: its socket's folder stands in the fifth line of
 * PostgreSQL's own `postmaster.pid`, the number in the socket's name in the fourth.
 */
async function databaseUrl(dataDirectory: string): Promise<string> {
  const file = await readFile(path.join(dataDirectory, "postgres", "cluster", "postmaster.pid"), "utf8");
  const lines = file.split("\n").map((line) => line.trim());
  return `postgres://kineticpay@/kineticpay?host=${encodeURIComponent(lines[4] ?? "")}&port=${lines[3]}`;
}

/** What a further process must be told: the same database, the same master key, the same bank network and identity to it. */
async function settingsBeside(first: Gateway): Promise<Record<string, string>> {
  const folder = first.dataDirectory;
  return {
    DATABASE_URL: await databaseUrl(folder),
    KINETICPAY_MASTER_KEY_FILE: path.join(folder, "master.key"),
    KINETICPAY_FPX_URL: first.simulatorUrl,
    KINETICPAY_FPX_CERTIFICATES_DIR: path.join(folder, "simulator", "certificates"),
    KINETICPAY_FPX_PRIVATE_KEY_FILE: path.join(folder, "fpx", "sandbox-exchange.key"),
  };
}

async function startFurther(settings: Readonly<Record<string, string>>): Promise<Further> {
  const parent = await mkdtemp(path.join(tmpdir(), "kp-fleet-"));
  const folder = path.join(parent, "data");
  const program: Program = startProgram("packages/server/dist/main.js", await environmentOf(folder, settings));
  await ready(program);
  return {
    url: (await readAccess(folder)).base_url,
    async stop() {
      program.process.kill("SIGTERM");
      await program.ended;
      await rm(parent, { recursive: true, force: true });
    },
  };
}

/**
 * Starts that many processes, and waits until all are ready.
 * @param options for every one of them
 */
export async function startFleet(count: number, options: Pick<GatewayOptions, "settings"> = {}): Promise<Fleet> {
  const first = await startGateway(options);
  const shared = { ...options.settings, ...(await settingsBeside(first)) };
  const further = await Promise.all(Array.from({ length: count - 1 }, () => startFurther(shared)));
  return {
    first,
    urls: [first.url, ...further.map((each) => each.url)],
    async dispose() {
      // The database goes last, with the one that brought it.
      await Promise.all(further.map((each) => each.stop()));
      await first.dispose();
    },
  };
}
