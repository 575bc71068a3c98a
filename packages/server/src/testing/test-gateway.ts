import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Simulator } from "@kineticpay/fpx-simulator/simulator";
import { readConfig } from "../config.ts";
import type { Gateway } from "../gateway.ts";
import { createMerchant, type NewMerchant } from "../merchants/create-merchant.ts";
import { openDatabase } from "../open-database.ts";
import { openGateway } from "../open-gateway.ts";
import { publicUrlOf } from "../public-url.ts";
import { startSandboxSimulator } from "../sandbox.ts";
import { serveGateway } from "../serve-gateway.ts";
import { freePort } from "./free-port.ts";
import { quietLog, rethrow, shop, type TestCoreOptions } from "./test-core.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

export interface TestGatewayOptions extends Omit<TestCoreOptions, "exchange" | "waitsForDisk"> {
  /** True to let the background jobs run by themselves; tests otherwise run them by hand. */
  readonly runJobs?: boolean;
  /** Lays more certificates beside the exchange's own, before the gateway reads them. */
  readonly layCertificates?: (directory: string) => Promise<void>;
}

export interface TestGateway {
  readonly gateway: Gateway;
  readonly simulator: Simulator;
  readonly merchant: NewMerchant;
  readonly database: TestDatabase;
  /** Where the app listens. */
  readonly url: string;
  /** Calls the v2 API with the merchant's key and reads the JSON answer. */
  call(method: string, path: string, body?: unknown): Promise<{ status: number; headers: Headers; body: never }>;
  close(): Promise<void>;
}

/** A whole gateway on a database of its own, with a simulator beside it, listening on loopback. */
export async function openTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const directory = await mkdtemp(path.join(tmpdir(), "kp-gateway-"));
  const database = await createTestDatabase();
  const config = readConfig({
    DATABASE_URL: database.url,
    PORT: String(await freePort()),
    KINETICPAY_DATA_DIR: directory,
    KINETICPAY_SIMULATOR_PORT: "0",
    KINETICPAY_DATABASE_POOL: "8",
    ...options.settings,
  });
  const log = options.log ?? quietLog();
  const url = publicUrlOf(config);
  const simulator = await startSandboxSimulator(config, url, log);
  await options.layCertificates?.(simulator.certificateDirectory);
  const open = await openGateway({
    config,
    log,
    database: await openDatabase(config, log, rethrow),
    exchange: { origin: simulator.url, certificateDirectory: simulator.certificateDirectory },
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.outbound === undefined ? {} : { outbound: options.outbound }),
  });
  const merchant = await createMerchant(open.gateway, shop);
  const served = await serveGateway(open, { runJobs: options.runJobs ?? false });
  return {
    gateway: open.gateway,
    simulator,
    merchant,
    database,
    url,
    async call(method, requestPath, body) {
      const answer = await fetch(`${url}${requestPath}`, {
        method,
        headers: {
          authorization: `Bearer ${merchant.apiKey.key}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, headers: answer.headers, body: (await answer.json()) as never };
    },
    async close() {
      await served.close();
      await simulator.close();
      await database.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
