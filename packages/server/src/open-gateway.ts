import type { Logger } from "pino";
import type { Config } from "./config.ts";
import { databaseTime } from "./db/claim-mode.ts";
import { limitsOf, ownIdentity, testSignature, watchCertificates } from "./fpx-identity.ts";
import type { Gateway } from "./gateway.ts";
import { openLimits } from "./limits/limits.ts";
import { readMasterKey } from "./master-key.ts";
import type { OpenDatabase } from "./open-database.ts";
import type { FpxIdentity } from "./rails/fpx/fpx-parts.ts";
import { createFpxRail } from "./rails/fpx/fpx-rail.ts";
import { type Clock, followingClock } from "./seams/clock.ts";
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
  /** For simulated worlds; the real ones when left out. */
  readonly clock?: Clock;
  readonly random?: Random;
  readonly outbound?: Outbound;
}

export interface OpenGateway {
  readonly gateway: Gateway;
  /** Closes everything that was opened; whoever uses the gateway must have finished. */
  close(): Promise<void>;
}

const followClockMs = 30_000;

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

/** Assembles everything that a use-case may reach. */
export async function openGateway(parts: GatewayParts): Promise<OpenGateway> {
  const { config, log, database } = parts;
  const masterKey = await readMasterKey(config);
  const following = followingClock();
  const readTime = () => databaseTime(database.db);
  if (parts.clock === undefined) await following.follow(readTime);
  const follow = setInterval(() => void following.follow(readTime).catch(() => undefined), followClockMs);
  follow.unref();
  const { identity, stop } = await fpxIdentity(config, parts.exchange, log);
  const clock = parts.clock ?? following;
  const random = parts.random ?? systemRandom();
  const outbound = parts.outbound ?? createOutbound();
  const limits = openLimits({ config, clock, log, countWaiting: () => database.db.waiting });
  const gateway: Gateway = {
    config,
    db: database.db,
    rail: createFpxRail({ identity, outbound, clock }),
    clock,
    random,
    outbound,
    seal: createSeal(masterKey, random),
    wakeups: createWakeups(),
    keyUses: createKeyUses(),
    promptLanes: createPromptLanes(),
    limits,
    log,
  };
  return {
    gateway,
    async close() {
      clearInterval(follow);
      stop();
      limits.close();
      await outbound.close();
      await database.close();
    },
  };
}
