import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "../../acceptance/harness/free-port.ts";
import type { Notebook } from "../findings.ts";
import type { Random } from "../random.ts";
import type { Acknowledged } from "./acknowledged.ts";
import { broughtPostgres } from "./brought-postgres.ts";
import { type ExchangeProcess, openExchange } from "./exchange-process.ts";
import { type Access, type GatewayProcess, gatewayProcess } from "./gateway-process.ts";
import { type Journal, openJournal } from "./journal.ts";
import { type OwnPostgres, openOwnPostgres } from "./own-postgres.ts";
import { openReceiver, type Receiver } from "./receiver.ts";

/** Everyone whom payments need, each in a process of its own but the shop, which belongs to the instrument. */
export interface Town {
  readonly folder: string;
  readonly random: Random;
  readonly notebook: Notebook;
  readonly postgres: OwnPostgres;
  readonly exchange: ExchangeProcess;
  readonly gateway: GatewayProcess;
  readonly receiver: Receiver;
  /** What clients and bank were told. */
  readonly journal: Journal<Acknowledged>;
  /** Keys of the sandbox's shop. */
  readonly access: Access;
  /** A further process of the same gateway, on a port of its own; it is not started yet, and is killed with the town. */
  another(settings?: Readonly<Record<string, string>>): Promise<GatewayProcess>;
  close(): Promise<void>;
}

export interface TownOptions {
  readonly random: Random;
  readonly notebook: Notebook;
  /** Another database than a plain one. @param folder its own */
  readonly openPostgres?: (folder: string) => Promise<OwnPostgres>;
  /** The gateway brings its database, as a newcomer's does. */
  readonly isBrought?: boolean;
  /** More settings of the gateway, by their names in the environment. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The address that the gateway is given in the place of the database's, such as a proxy's. */
  readonly databaseThrough?: (postgres: OwnPostgres) => Promise<string>;
  /** The same for the exchange. */
  readonly exchangeThrough?: (exchange: ExchangeProcess) => Promise<string>;
  /** The same for the shop: from its port to the port at which the gateway finds it. */
  readonly shopThrough?: (port: number) => Promise<number>;
}

/** Quick enough for a test, and with room for its load: the settings are documented, only their values differ. */
const settings = {
  KINETICPAY_LOG_LEVEL: "warn",
  KINETICPAY_REQUERY_SCHEDULE:
    "1,2,3,4,5,6,8,10,12,15,20,25,30,40,50,60,75,90,105,120,135,150,165,180,210,240,270,300,330,360,390,420",
  KINETICPAY_CALLBACK_SCHEDULE: "1,1,1,2,2,2,5,5,5,10,10,10,20,20,20,30,30,30",
  KINETICPAY_POLL_INTERVAL_MS: "100",
  KINETICPAY_ENQUIRY_RATE: "1000",
  KINETICPAY_BANK_WATCH_INTERVAL: "1",
  KINETICPAY_VERIFY_INTERVAL: "1",
  KINETICPAY_BUYER_DATA_DAYS: "365",
  KINETICPAY_NEVER_REACHED_AFTER: "5",
  KINETICPAY_KEY_RATE: "1000000",
  KINETICPAY_KEY_BURST: "1000000",
  KINETICPAY_KEY_CONCURRENCY: "10000",
  KINETICPAY_ADDRESS_RATE: "1000000",
  KINETICPAY_ADDRESS_BURST: "1000000",
} as const;

async function end(gateway: GatewayProcess, brings: boolean): Promise<void> {
  // A killed gateway has left the database that it brought running; only a gateway stops it.
  if (brings && !gateway.isRunning()) await gateway.start();
  if (brings) await gateway.stop();
  else if (gateway.isRunning()) await gateway.kill();
}

async function identityIn(folder: string): Promise<{ privateFile: string; publicFile: string }> {
  const pair = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const privateFile = path.join(folder, "exchange.key");
  const publicFile = path.join(folder, "exchange.pub");
  await writeFile(privateFile, pair.privateKey, { mode: 0o600 });
  await writeFile(publicFile, pair.publicKey);
  return { privateFile, publicFile };
}

/** Opens a town and waits until its gateway is ready for the first time. */
export async function openTown(options: TownOptions): Promise<Town> {
  const folder = await mkdtemp(path.join(tmpdir(), "kp-reliability-"));
  const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const each of undo.splice(0).reverse()) await each();
  };
  try {
    return { ...(await settle(folder, options, undo)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function settle(folder: string, options: TownOptions, undo: (() => Promise<unknown>)[]) {
  const data = path.join(folder, "data");
  const openPostgres = options.openPostgres ?? openOwnPostgres;
  const isBrought = options.isBrought === true;
  const postgres = isBrought ? broughtPostgres(data) : await openPostgres(path.join(folder, "postgres"));
  undo.push(() => postgres.dispose());
  if (!isBrought) await postgres.start();
  const identity = await identityIn(folder);
  const port = await freePort();
  const exchange = await openExchange({
    dataDirectory: path.join(folder, "exchange"),
    gatewayUrl: `http://127.0.0.1:${port}`,
    merchantPublicKeyFile: identity.publicFile,
  });
  undo.push(() => exchange.close());
  const receiver = await openReceiver(path.join(folder, "receiver.jsonl"), options.shopThrough);
  undo.push(() => receiver.close());
  const journal = await openJournal<Acknowledged>(path.join(folder, "acknowledged.jsonl"));
  undo.push(() => journal.close());
  const environment = {
    ...settings,
    PORT: String(port),
    KINETICPAY_DATA_DIR: data,
    DATABASE_URL: (await options.databaseThrough?.(postgres)) ?? postgres.url(),
    KINETICPAY_FPX_URL: (await options.exchangeThrough?.(exchange)) ?? exchange.url,
    KINETICPAY_FPX_CERTIFICATES_DIR: exchange.certificateDirectory,
    KINETICPAY_FPX_PRIVATE_KEY_FILE: identity.privateFile,
    ...options.settings,
  };
  const open = (more: Readonly<Record<string, string>>) => {
    const made = gatewayProcess({ ...environment, ...more });
    undo.push(() => end(made, isBrought));
    return made;
  };
  const gateway = open({});
  await gateway.start();
  const access = await gateway.access();
  receiver.trust({ signingSecret: access.signing_secret, merchantKey: access.merchant_key });
  const { random, notebook } = options;
  const another = async (more: Readonly<Record<string, string>> = {}) => {
    const ownPort = await freePort();
    const own = { PORT: String(ownPort), KINETICPAY_DATA_DIR: path.join(folder, `data-${ownPort}`) };
    return open({ ...own, KINETICPAY_MASTER_KEY_FILE: path.join(data, "master.key"), ...more });
  };
  return { folder, random, notebook, postgres, exchange, gateway, receiver, journal, access, another };
}
