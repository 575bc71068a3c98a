import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { environmentOf, type Gateway, type GatewayOptions, readAccess, ready, startGateway } from "./gateway.ts";
import { type Program, startProgram } from "./program.ts";

/** Settings with which nobody is refused because the machine is busy, as one that runs tests is. */
export const unhurried = {
  KINETICPAY_OVERLOAD_DELAY_MS: "60000",
  KINETICPAY_OVERLOAD_WAIT_MS: "60000",
  KINETICPAY_OVERLOAD_WAITING: "100000",
} as const;

/** Several processes of the gateway on one database, as an operator runs them behind a load balancer. */
export interface Fleet {
  /** The process that brought the database and the simulator, with the keys that all of them know. */
  readonly first: Gateway;
  /** Where each process listens, the first's own address first. */
  readonly urls: readonly string[];
  /** Ends one that is not the first by SIGKILL, as a crash or the kernel would. */
  kill(url: string): Promise<void>;
  dispose(): Promise<void>;
}

interface Further {
  readonly url: string;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Where the first gateway's embedded server listens, for the role that a gateway works as. It opens no port: its socket's
 * folder stands in the fifth line of PostgreSQL's own `postmaster.pid`, the number in the socket's name in the fourth.
 */
async function databaseUrl(dataDirectory: string): Promise<string> {
  const file = await readFile(path.join(dataDirectory, "postgres", "cluster", "postmaster.pid"), "utf8");
  const lines = file.split("\n").map((line) => line.trim());
  return `postgres://kineticpay_app@/kineticpay?host=${encodeURIComponent(lines[4] ?? "")}&port=${lines[3]}`;
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
    async kill() {
      program.process.kill("SIGKILL");
      await program.ended;
    },
    async stop() {
      if (!program.hasEnded()) program.process.kill("SIGTERM");
      await program.ended;
      await rm(parent, { recursive: true, force: true });
    },
  };
}

export type Role = "all" | "api" | "worker";

/**
 * Starts a process for each role, and waits until all are ready. The first brings what all of them need.
 * @param options for every one of them
 */
export async function startFleet(
  roles: readonly [Role, ...Role[]],
  options: Pick<GatewayOptions, "settings"> = {},
): Promise<Fleet> {
  const [firstRole, ...otherRoles] = roles;
  const first = await startGateway({ settings: { ...options.settings, KINETICPAY_ROLE: firstRole } });
  const shared = { ...options.settings, ...(await settingsBeside(first)) };
  const starts = await Promise.allSettled(otherRoles.map((role) => startFurther({ ...shared, KINETICPAY_ROLE: role })));
  const further = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
  const failed = starts.find((start) => start.status === "rejected");
  if (failed !== undefined) {
    await Promise.all(further.map((each) => each.stop()));
    await first.dispose();
    throw failed.reason;
  }
  return {
    first,
    urls: [first.url, ...further.map((each) => each.url)],
    async kill(url) {
      await further.find((each) => each.url === url)?.kill();
    },
    async dispose() {
      // The database goes last, with the one that brought it.
      await Promise.all(further.map((each) => each.stop()));
      await first.dispose();
    },
  };
}
