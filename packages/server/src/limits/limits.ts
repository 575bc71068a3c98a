import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { Soon } from "../seams/at-once.ts";
import type { Clock } from "../seams/clock.ts";
import type { Settings } from "../settings.ts";
import { type AddressLimit, createAddressLimit } from "./address-limit.ts";
import { createInFlight } from "./in-flight.ts";
import { type Importance, type Overload, watchOverload } from "./overload.ts";
import { openSharedLimits, type SharedLimits } from "./shared-limits.ts";
import { createTokenBuckets } from "./token-bucket.ts";

/** A bucket as it is told to callers: so many calls at once, and so many a second after that. */
export interface Policy {
  readonly burst: number;
  readonly ratePerS: number;
  /** Seconds in which an empty bucket is full again, rounded up. */
  readonly windowS: number;
}

/** What a key's limits say of one call. */
export interface KeyVerdict {
  readonly refusedBy: "rate" | "concurrency" | undefined;
  /** Calls that the key may still make now. */
  readonly remaining: number;
  /** To be called once, when an admitted call is over. */
  leave(): void;
}

/** How a key stands with its limits at this moment. */
export interface KeyStanding {
  readonly remaining: number;
  readonly inFlight: number;
  /** True when all processes together were asked, and not this one alone. */
  readonly isShared: boolean;
}

/** Counts the calls of verified keys. */
export interface KeyLimits {
  take(keyId: string): Soon<KeyVerdict>;
  /** Calls that this process would still let the key make now. */
  remaining(keyId: string): number;
  /** Counts nothing. */
  standing(keyId: string): Promise<KeyStanding>;
}

/** How often and how much at a time may be asked of this gateway, and whether it can take on more at all. */
export interface Limits {
  readonly key: Policy;
  readonly concurrency: number;
  readonly address: Policy;
  readonly keys: KeyLimits;
  readonly unverified: Pick<AddressLimit, "mayLookUp" | "vouch" | "remaining" | "charge">;
  reasonToShed(importance: Importance): string | undefined;
  close(): void;
}

export interface LimitsParts {
  readonly config: Pick<
    Settings,
    | "keyRatePerS"
    | "keyBurst"
    | "keyConcurrency"
    | "addressRatePerS"
    | "addressBurst"
    | "overloadDelayMs"
    | "overloadWaiting"
    | "overloadWaitMs"
    | "redisUrl"
  >;
  readonly clock: Clock;
  readonly log: Logger;
  /** How many calls wait for a database connection now. */
  readonly countWaiting: () => number;
  /** Runs a statement that costs the database nothing, to see how long it waits. */
  readonly askDatabase: () => Promise<unknown>;
}

const mostKeys = 20_000;
/** Overload is told in the log once in so long, and not once for every call that is refused. */
const tellEveryMs = 10_000;
const nothing = () => {};
const rateSpent: KeyVerdict = { refusedBy: "rate", remaining: 0, leave: nothing };

function policyOf(ratePerS: number, burst: number): Policy {
  return { ratePerS, burst, windowS: Math.ceil(burst / ratePerS) };
}

/**
 * The limits of verified keys. What this process alone knows is looked at first, so that most refusals cost nothing, and
 * so that its own count is at hand when the shared one is not.
 */
function keyLimits(policy: Policy, concurrency: number, clock: Clock, shared: SharedLimits | undefined): KeyLimits {
  const buckets = createTokenBuckets({ ...policy, mostKept: mostKeys });
  const inFlight = createInFlight(concurrency);
  const processId = randomUUID();
  let calls = 0;
  const takeShared = async (from: SharedLimits, keyId: string, remaining: number): Promise<KeyVerdict> => {
    calls += 1;
    const callId = `${processId}:${calls}`;
    const answer = await from.take(keyId, callId);
    if (answer?.refusedBy !== undefined) {
      inFlight.leave(keyId);
      if (answer.refusedBy === "rate") buckets.giveBack(keyId, clock.now().getTime());
      return { ...answer, leave: nothing };
    }
    const leave = () => {
      inFlight.leave(keyId);
      from.leave(keyId, callId);
    };
    return { refusedBy: undefined, remaining: Math.min(remaining, answer?.remaining ?? remaining), leave };
  };
  const take = (keyId: string): Soon<KeyVerdict> => {
    const nowMs = clock.now().getTime();
    if (!buckets.take(keyId, nowMs)) return rateSpent;
    const remaining = buckets.remaining(keyId, nowMs);
    if (!inFlight.enter(keyId)) return { refusedBy: "concurrency", remaining, leave: nothing };
    if (shared !== undefined) return takeShared(shared, keyId, remaining);
    return { refusedBy: undefined, remaining, leave: () => inFlight.leave(keyId) };
  };
  const remaining = (keyId: string) => buckets.remaining(keyId, clock.now().getTime());
  const standing = async (keyId: string): Promise<KeyStanding> => {
    const known = await shared?.look(keyId);
    if (known !== undefined) return { ...known, isShared: true };
    return { remaining: remaining(keyId), inFlight: inFlight.count(keyId), isShared: false };
  };
  return { take, remaining, standing };
}

/** An address's calls are told to the other processes without waiting: they learn of them a moment later. */
function unverifiedLimits(policy: Policy, clock: Clock, shared: SharedLimits | undefined): Limits["unverified"] {
  const own = createAddressLimit(policy);
  if (shared === undefined) return own;
  return {
    ...own,
    charge(network, nowMs) {
      void shared.charge(network).then((left) => {
        if (left !== undefined) own.lower(network, left, clock.now().getTime());
      });
      return own.charge(network, nowMs);
    },
  };
}

function tellOverload(overload: Overload, clock: Clock, log: Logger): Limits["reasonToShed"] {
  let toldMs = Number.NEGATIVE_INFINITY;
  return (importance) => {
    const reason = overload.reasonToShed(importance);
    const nowMs = reason === undefined ? 0 : clock.now().getTime();
    if (reason !== undefined && nowMs - toldMs >= tellEveryMs) {
      toldMs = nowMs;
      log.warn({ reason }, "there is more work than can be done: calls are refused, lists first");
    }
    return reason;
  };
}

/** Counts in this process's memory, and through Redis together with other processes where the settings name one. */
export function openLimits(parts: LimitsParts): Limits {
  const { config, clock, log } = parts;
  const key = policyOf(config.keyRatePerS, config.keyBurst);
  const address = policyOf(config.addressRatePerS, config.addressBurst);
  const concurrency = config.keyConcurrency;
  const shared =
    config.redisUrl === undefined
      ? undefined
      : openSharedLimits({ url: config.redisUrl, key, concurrency, address, log });
  const overload: Overload = watchOverload({
    delayMs: config.overloadDelayMs,
    waiting: config.overloadWaiting,
    waitMs: config.overloadWaitMs,
    countWaiting: parts.countWaiting,
    askDatabase: parts.askDatabase,
  });
  return {
    key,
    concurrency,
    address,
    keys: keyLimits(key, concurrency, clock, shared),
    unverified: unverifiedLimits(address, clock, shared),
    reasonToShed: tellOverload(overload, clock, log),
    close() {
      overload.stop();
      shared?.close();
    },
  };
}
