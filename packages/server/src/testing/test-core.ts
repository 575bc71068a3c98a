import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { readConfig } from "../config.ts";
import type { Gateway } from "../gateway.ts";
import { createMerchant, type NewMerchant } from "../merchants/create-merchant.ts";
import { openDatabase } from "../open-database.ts";
import { openGateway } from "../open-gateway.ts";
import type { Clock } from "../seams/clock.ts";
import { createLog } from "../seams/log.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

export interface TestCoreOptions {
  /** More settings, by their names in the environment. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  /** Makes this another process of that gateway: with its database, its data folder and its merchant. */
  readonly beside?: TestCore;
}

/** A gateway with no bank network, for what needs none: its exchange is an address where nobody listens. */
export interface TestCore {
  readonly gateway: Gateway;
  readonly merchant: NewMerchant;
  readonly owner: { merchantId: string; merchantName: string; collectionId: string; keyId: string };
  readonly database: TestDatabase;
  readonly dataDirectory: string;
  close(): Promise<void>;
}

/** The merchant of every test. */
export const shop = { name: "Kedai Ujian", collectionName: "Main", website: "https://shop.example" };
/** A test whose database is taken from it must fail loudly. */
export const rethrow = (error: Error): never => {
  throw error;
};
/** Silent, unless TEST_LOG names a level. */
export const quietLog = () => createLog(process.env["TEST_LOG"] ?? "silent");

interface Places extends Pick<TestCore, "database" | "dataDirectory"> {
  remove(): Promise<void>;
}

async function newPlaces(): Promise<Places> {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), "kp-core-"));
  const database = await createTestDatabase();
  return {
    dataDirectory,
    database,
    async remove() {
      await database.drop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** A gateway without HTTP, simulator or jobs, on a database of its own. */
export async function openTestCore(options: TestCoreOptions = {}): Promise<TestCore> {
  const { beside } = options;
  const places = beside === undefined ? await newPlaces() : { ...beside, remove: async () => undefined };
  const { database, dataDirectory } = places;
  const config = readConfig({
    DATABASE_URL: database.url,
    KINETICPAY_DATA_DIR: dataDirectory,
    KINETICPAY_DATABASE_POOL: "8",
    ...options.settings,
  });
  const log = quietLog();
  const open = await openGateway({
    config,
    log,
    database: await openDatabase(config, log, rethrow),
    exchange: { origin: "http://127.0.0.1:9", certificateDirectory: dataDirectory },
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  const merchant = beside?.merchant ?? (await createMerchant(open.gateway, shop));
  return {
    gateway: open.gateway,
    merchant,
    database,
    dataDirectory,
    owner: {
      merchantId: merchant.merchantId,
      merchantName: shop.name,
      collectionId: merchant.collectionId,
      keyId: merchant.apiKey.id,
    },
    async close() {
      await open.close();
      await places.remove();
    },
  };
}
