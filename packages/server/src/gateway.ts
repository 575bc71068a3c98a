import type { Logger } from "pino";
import type { Config } from "./config.ts";
import type { Db } from "./db/db.ts";
import type { Limits } from "./limits/limits.ts";
import type { KnownKeys } from "./merchants/known-keys.ts";
import type { Rail } from "./rails/rail.ts";
import type { Clock } from "./seams/clock.ts";
import type { KeyUses } from "./seams/key-uses.ts";
import type { Outbound } from "./seams/outbound.ts";
import type { PromptLanes } from "./seams/prompt-lanes.ts";
import type { Random } from "./seams/random.ts";
import type { Seal } from "./seams/seal.ts";
import type { Wakeups } from "./seams/wakeups.ts";

/** Everything a use-case may reach, assembled once by the program that runs it. */
export interface Gateway {
  readonly config: Config;
  readonly db: Db;
  readonly rail: Rail;
  readonly clock: Clock;
  readonly random: Random;
  readonly outbound: Outbound;
  readonly seal: Seal;
  readonly wakeups: Wakeups;
  readonly knownKeys: KnownKeys;
  readonly keyUses: KeyUses;
  readonly promptLanes: PromptLanes;
  readonly limits: Limits;
  readonly log: Logger;
}

/** What an operator's command may reach: the database and its secrets, but no bank and nothing outside. */
export type Office = Pick<Gateway, "config" | "db" | "clock" | "random" | "seal" | "knownKeys">;
