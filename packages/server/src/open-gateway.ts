import type { Logger } from "pino";
import { noteBankStatus } from "./banks/note-bank-status.ts";
import { type Config, privateTargetsOf } from "./config.ts";
import { databaseTime } from "./db/claim-mode.ts";
import { limitsOf, ownIdentity, testSignature, watchCertificates } from "./fpx-identity.ts";
import type { Gateway } from "./gateway.ts";
import { openLimits } from "./limits/limits.ts";
import { readMasterKey } from "./master-key.ts";
import { createKnownKeys } from "./merchants/known-keys.ts";
import { type OpenDatabase, ownerOf } from "./open-database.ts";
import { agreeOnKeepDays } from "./partitions/keep-days.ts";
import { agreeOnRetention } from "./payments/retention.ts";
import type { FpxIdentity } from "./rails/fpx/fpx-parts.ts";
import { createFpxRail } from "./rails/fpx/fpx-rail.ts";
import type { BankList } from "./rails/rail.ts";
import { type Clock, followingClock } from "./seams/clock.ts";
import { crashingAt } from "./seams/crash-points.ts";
import { crashingOutbound } from "./seams/crashing-outbound.ts";
import { keepFollowing } from "./seams/keep-following.ts";
import { createKeyUses } from "./seams/key-uses.ts";
import { createOutbound, type Outbound } from "./seams/outbound.ts";
import { createPromptLanes } from "./seams/prompt-lanes.ts";
import { type Random, systemRandom } from "./seams/random.ts";
import { createSeal } from "./seams/seal.ts";
import { createWakeups } from "./seams/wakeups.ts";

/** Where FPX is and whose certificates to believe; the simulator's, in the sandbox. */
export interface Exchange {
  readonly origin: string;
  readonly certificateDirectory: string;
}

export interface GatewayParts {
  readonly config: Config;
  readonly log: Logger;
  readonly exchange: Exchange;
  /** Closed with the gateway. */
  readonly database: OpenDatabase;
  /** For simulated worlds; the real ones when left out. An outbound given here is the way to the exchange as well. */
  readonly clock?: Clock;
  readonly random?: Random;
  readonly outbound?: Outbound;
}

export interface OpenGateway {
  readonly gateway: Gateway;
  /** Closes everything that was opened; whoever uses the gateway must have finished. */
  close(): Promise<void>;
}

async function fpxIdentity(
  config: Config,
  exchange: Exchange,
  log: Logger,
): Promise<{ identity: FpxIdentity; stop: () => void }> {
  const own = await ownIdentity(config);
  const certificates = await watchCertificates(exchange.certificateDirectory, (error) => {
    log.error({ err: error }, "the folder of FPX certificates could not be read again");
  });
  const identity: FpxIdentity = {
    ...own,
    origin: exchange.origin,
    sellerBankCode: config.fpxSellerBankCode,
    version: config.fpxVersion,
    digest: config.fpxDigest,
    certificates: certificates.current,
    limits: limitsOf(config),
  };
  testSignature(identity);
  return { identity, stop: () => certificates.stop() };
}

interface WaysOut {
  /** For what merchants aim. */
  readonly outbound: Outbound;
  /** For the exchange, whose address the operator sets: it may be anywhere. The rail alone has it. */
  readonly toExchange: Outbound;
}

function openWaysOut(config: Config, log: Logger, given: Outbound | undefined): WaysOut {
  const outbound =
    given ??
    createOutbound({
      privateTargets: privateTargetsOf(config),
      onRefused: (refused) => log.warn(refused, "a target that merchants may not aim at was refused"),
    });
  const toExchange = given ?? createOutbound({ privateTargets: "on" });
  if (config.crashAt === undefined) return { outbound, toExchange };
  const pass = crashingAt(config.crashAt);
  return { outbound: crashingOutbound(outbound, pass), toExchange: crashingOutbound(toExchange, pass) };
}

async function openClock({ clock, database, log }: GatewayParts): Promise<{ clock: Clock; stopFollowing: () => void }> {
  if (clock !== undefined) return { clock, stopFollowing: () => undefined };
  const following = followingClock();
  const read = () => databaseTime(database.db);
  await following.follow(read);
  const onSkew = (skewMs: number) =>
    log.warn({ skew_ms: skewMs }, "this machine's clock is wrong; the database's is followed");
  return { clock: following, stopFollowing: keepFollowing({ clock: following, read, onSkew }) };
}

async function decideRetention({ config, database, log }: GatewayParts): Promise<void> {
  const { owner } = database.logins;
  const door = owner && ownerOf(config, owner);
  if (!(await agreeOnRetention(database.db, door, config.buyerDataDays)))
    log.warn("the database keeps buyer data for another time than KINETICPAY_BUYER_DATA_DAYS: its owner decides");
  if (!(await agreeOnKeepDays(database.db, door, config)))
    log.warn(
      "the database keeps events, deliveries or calls for another time than the settings say: its owner decides",
    );
}

/** Assembles everything that a use-case may reach. */
export async function openGateway(parts: GatewayParts): Promise<OpenGateway> {
  const { config, log, database } = parts;
  const masterKey = await readMasterKey(config);
  const { clock, stopFollowing } = await openClock(parts);
  await decideRetention(parts);
  const { identity, stop } = await fpxIdentity(config, parts.exchange, log);
  const random = parts.random ?? systemRandom();
  const { outbound, toExchange } = openWaysOut(config, log, parts.outbound);
  const limits = openLimits({
    config,
    clock,
    log,
    countWaiting: () => database.db.waiting,
    askDatabase: () => database.db.query("select 1"),
  });
  // Beside the answer, which must not wait for the database.
  const onBankList = (list: BankList) =>
    void noteBankStatus(gateway, list).catch((error: unknown) => {
      log.warn({ err: error, model: list.model }, "the status of banks could not be kept");
    });
  const gateway: Gateway = {
    config,
    db: database.db,
    rail: createFpxRail({ identity, outbound: toExchange, clock, onBankList }),
    clock,
    random,
    outbound,
    seal: createSeal(masterKey, random),
    wakeups: createWakeups(),
    knownKeys: createKnownKeys(),
    keyUses: createKeyUses(),
    promptLanes: createPromptLanes(),
    limits,
    log,
  };
  return {
    gateway,
    async close() {
      stopFollowing();
      stop();
      limits.close();
      await Promise.all([outbound.close(), toExchange.close()]);
      await database.close();
    },
  };
}
