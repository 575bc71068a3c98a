import type { Gateway } from "../gateway.ts";
import { openDatabase } from "../open-database.ts";
import { openGateway } from "../open-gateway.ts";
import { publicUrlOf } from "../public-url.ts";
import { serveGateway } from "../serve-gateway.ts";
import { freePort } from "./free-port.ts";
import { quietLog, rethrow } from "./test-core.ts";
import type { TestGateway } from "./test-gateway.ts";

/** A second gateway on the database of a first, as when two processes share the work. */
export interface TwinGateway {
  readonly gateway: Gateway;
  readonly url: string;
  close(): Promise<void>;
}

export async function openTwin(first: TestGateway): Promise<TwinGateway> {
  const config = { ...first.gateway.config, port: await freePort() };
  const log = quietLog();
  const { url: origin, certificateDirectory } = first.simulator;
  const database = await openDatabase(config, log, rethrow);
  const open = await openGateway({ config, log, database, exchange: { origin, certificateDirectory } });
  const served = await serveGateway(open, { runJobs: false });
  return { gateway: open.gateway, url: publicUrlOf(config), close: () => served.close() };
}
