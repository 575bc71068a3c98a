import { createServer } from "node:net";
import pino from "pino";
import { type Config, ConfigError, readConfig } from "./config.ts";
import { WrongModeError } from "./db/claim-mode.ts";
import { EmbeddedPostgresError } from "./db/embedded/embedded-postgres-error.ts";
import { type OpenGateway, openGateway } from "./open-gateway.ts";
import { publicUrlOf } from "./public-url.ts";
import { prepareSandbox, startSandboxSimulator } from "./sandbox.ts";
import { type ServedGateway, serveGateway } from "./serve-gateway.ts";

const stopDeadlineMs = 25_000;

/** A free port, found by taking one for a moment; addresses that leave the gateway must be known before it listens. */
async function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

interface Running {
  close(): Promise<void>;
}

async function startSandbox(config: Config, log: pino.Logger, onLost: (error: Error) => void): Promise<Running> {
  const simulator =
    config.fpxUrl === undefined ? await startSandboxSimulator(config, publicUrlOf(config), log) : undefined;
  let open: OpenGateway | undefined;
  let served: ServedGateway | undefined;
  const close = async () => {
    await (served ?? open)?.close();
    await simulator?.close();
  };
  try {
    const exchange = {
      origin: simulator?.url ?? config.fpxUrl ?? "",
      certificateDirectory: config.fpxCertificatesDirectory ?? simulator?.certificateDirectory ?? "",
    };
    open = await openGateway({ config, log, exchange, onLost });
    const { access, file } = await prepareSandbox(open.gateway, exchange.origin);
    served = await serveGateway(open, { runJobs: true });
    process.stdout.write(
      [
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
      ].join("\n"),
    );
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startLive(config: Config, log: pino.Logger, onLost: (error: Error) => void): Promise<Running> {
  const exchange = { origin: config.fpxUrl ?? "", certificateDirectory: config.fpxCertificatesDirectory ?? "" };
  const open = await openGateway({ config, log, exchange, onLost });
  const served = await serveGateway(open, { runJobs: true });
  process.stdout.write(
    `KineticPay is ready (live) for ${publicUrlOf(config)}, listening on ${config.host}:${config.port}.\n`,
  );
  return served;
}

/**
 * Ends on SIGTERM or SIGINT once what is under way has finished, or after the deadline whatever is. A signal that comes
 * while the gateway starts is heeded when it has started: half a start cannot be undone in an orderly way.
 */
function stopOnSignal(starting: Promise<Running>, log: pino.Logger): (code: number) => void {
  let stopping = false;
  const stop = (code: number) => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), stopDeadlineMs).unref();
    starting
      .then((running) => running.close())
      .then(
        () => process.exit(code),
        (error: unknown) => {
          log.error({ err: error }, "stopping failed");
          process.exit(1);
        },
      );
  };
  process.once("SIGTERM", () => stop(0));
  process.once("SIGINT", () => stop(0));
  return stop;
}

/** Faults that an operator can mend are told in their own words; anything else with its stack. */
function tell(error: unknown): string {
  if (error instanceof ConfigError || error instanceof EmbeddedPostgresError || error instanceof WrongModeError)
    return error.message;
  if (error instanceof Error && (error as NodeJS.ErrnoException).code === "EADDRINUSE") {
    return `${error.message}. Another program listens there; set PORT (or KINETICPAY_SIMULATOR_PORT) to a free one, or to 0.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function main(): Promise<void> {
  const read = readConfig(process.env);
  const config: Config = read.port === 0 ? { ...read, port: await freePort(read.host) } : read;
  const log = pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: true }));
  let stop: (code: number) => void = () => undefined;
  const onLost = (error: Error) => {
    log.fatal({ err: error }, "the gateway cannot go on");
    stop(1);
  };
  const starting = config.mode === "live" ? startLive(config, log, onLost) : startSandbox(config, log, onLost);
  stop = stopOnSignal(starting, log);
  await starting;
}

main().catch((error: unknown) => {
  process.stderr.write(`${tell(error)}\n`);
  process.exit(1);
});
