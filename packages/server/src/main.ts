import { createServer } from "node:net";
import type { Logger } from "pino";
import { type Config, ConfigError, readConfig } from "./config.ts";
import { WrongModeError } from "./db/claim-mode.ts";
import { DatabaseRightsError } from "./db/database-rights-error.ts";
import { EmbeddedPostgresError } from "./db/embedded/embedded-postgres-error.ts";
import { openDatabase } from "./open-database.ts";
import { createLog } from "./seams/log.ts";
import type { Running } from "./start.ts";

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

/**
 * Ends on SIGTERM or SIGINT once what is under way has finished, or after the deadline whatever is. A signal that comes
 * while the gateway starts is heeded when it has started: half a start cannot be undone in an orderly way. Further signals change
 * nothing: they must not end the process before it has stopped its database.
 */
function stopOnSignal(starting: Promise<Running>, log: Logger): (code: number) => void {
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
  process.on("SIGTERM", () => stop(0));
  process.on("SIGINT", () => stop(0));
  return stop;
}

/** Faults that an operator can mend are told in their own words; anything else with its stack. */
function tell(error: unknown): string {
  const told = [ConfigError, EmbeddedPostgresError, DatabaseRightsError, WrongModeError];
  if (told.some((kind) => error instanceof kind)) return (error as Error).message;
  if (error instanceof Error && (error as NodeJS.ErrnoException).code === "EADDRINUSE") {
    return `${error.message}. Another program listens there; set PORT (or KINETICPAY_SIMULATOR_PORT) to a free one, or to 0.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function main(): Promise<void> {
  const read = readConfig(process.env);
  const config: Config = read.port === 0 ? { ...read, port: await freePort(read.host) } : read;
  const log = createLog(config.logLevel);
  let stop: (code: number) => void = () => undefined;
  const onLost = (error: Error) => {
    log.fatal({ err: error }, "the gateway cannot go on");
    stop(1);
  };
  // The database starts in processes of its own; loading the rest meanwhile takes no time of its own.
  const opening = openDatabase(config, log, onLost);
  opening.catch(() => undefined);
  const starting = import("./start.ts").then(({ start }) => start(config, log, opening));
  stop = stopOnSignal(starting, log);
  await starting;
}

main().catch((error: unknown) => {
  process.stderr.write(`${tell(error)}\n`);
  process.exit(1);
});
