import type { Logger } from "pino";
import type { Config } from "./config.ts";
import type { OpenDatabase } from "./open-database.ts";
import { openGateway } from "./open-gateway.ts";
import { publicUrlOf } from "./public-url.ts";
import { prepareSandbox, type SandboxAccess, startSandboxSimulator } from "./sandbox.ts";
import { serveGateway } from "./serve-gateway.ts";

export interface Running {
  /** Finishes what is under way, then closes everything that was started, last first. */
  close(): Promise<void>;
}

function welcome(access: SandboxAccess, file: string): string {
  return [
    "KineticPay is ready (sandbox: no real money moves).",
    `  gateway        ${access.base_url}`,
    `  bank simulator ${access.simulator_url}`,
    `  api_key        ${access.api_key}`,
    `  merchant_key   ${access.merchant_key}`,
    `  collection_id  ${access.collection_id}`,
    `  all of it in   ${file}`,
    "Try:",
    `  ${access.curl}`,
    "",
  ].join("\n");
}

async function startSandbox(
  config: Config,
  log: Logger,
  opening: Promise<OpenDatabase>,
  undo: Running[],
): Promise<void> {
  const simulator =
    config.fpxUrl === undefined ? await startSandboxSimulator(config, publicUrlOf(config), log) : undefined;
  if (simulator !== undefined) undo.push(simulator);
  const exchange = {
    origin: simulator?.url ?? config.fpxUrl ?? "",
    certificateDirectory: config.fpxCertificatesDirectory ?? simulator?.certificateDirectory ?? "",
  };
  const database = await opening;
  undo.push(database);
  const open = await openGateway({ config, log, exchange, database });
  undo[undo.indexOf(database)] = open;
  const { access, file } = await prepareSandbox(open.gateway, exchange.origin);
  undo[undo.indexOf(open)] = await serveGateway(open, { runJobs: true });
  process.stdout.write(welcome(access, file));
}

async function startLive(config: Config, log: Logger, opening: Promise<OpenDatabase>, undo: Running[]): Promise<void> {
  const database = await opening;
  undo.push(database);
  const exchange = { origin: config.fpxUrl ?? "", certificateDirectory: config.fpxCertificatesDirectory ?? "" };
  const open = await openGateway({ config, log, exchange, database });
  undo[undo.indexOf(database)] = open;
  undo[undo.indexOf(open)] = await serveGateway(open, { runJobs: true });
  process.stdout.write(
    `KineticPay is ready (live) for ${publicUrlOf(config)}, listening on ${config.host}:${config.port}.\n`,
  );
}

/**
 * Starts the gateway, and in the sandbox its bank simulator, on a database that is being opened. What a failed start had
 * opened is closed again.
 */
export async function start(config: Config, log: Logger, opening: Promise<OpenDatabase>): Promise<Running> {
  const undo: Running[] = [];
  const close = async () => {
    for (const each of undo.splice(0).reverse()) await each.close();
  };
  try {
    await (config.mode === "live" ? startLive(config, log, opening, undo) : startSandbox(config, log, opening, undo));
    return { close };
  } catch (error) {
    const database = await opening.catch(() => undefined);
    await close();
    await database?.close();
    throw error;
  }
}
