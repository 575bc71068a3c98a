import type { Logger } from "pino";
import { connectRedis, type Redis, within } from "./redis.ts";
import { chargeScript, leaveScript, lookScript, takeScript } from "./shared-scripts.ts";

/** What all processes together know of a key. */
export interface SharedAnswer {
  readonly refusedBy: "rate" | "concurrency" | undefined;
  readonly remaining: number;
}

/** The limits that processes share. Undefined stands for "not known now": the process's own count then decides. */
export interface SharedLimits {
  take(keyId: string, callId: string): Promise<SharedAnswer | undefined>;
  leave(keyId: string, callId: string): void;
  /** How a key stands now; counts nothing. */
  look(keyId: string): Promise<{ readonly remaining: number; readonly inFlight: number } | undefined>;
  /** Counts one call without a verified key; resolves to what is left for its network. */
  charge(network: string): Promise<number | undefined>;
  /** True while Redis is asked. */
  readonly isConnected: boolean;
  close(): void;
}

export interface SharedOptions {
  readonly url: string;
  readonly key: { readonly ratePerS: number; readonly burst: number };
  readonly concurrency: number;
  readonly address: { readonly ratePerS: number; readonly burst: number };
  readonly log: Logger;
  /** How long an answer may take; a fraction of what a caller would notice when left out. */
  readonly patienceMs?: number;
}

/** A payment does not wait for a limiter: what Redis has not answered by then, it need not answer. */
const defaultPatienceMs = 20;
const retryAfterMs = 500;
/** For how long the calls of a process that died stay counted. No call takes longer. */
const leaseMs = 30_000;
const mostOwed = 10_000;
const refusals = [undefined, "rate", "concurrency"] as const;

// The braces keep both names of a key on one node of a Redis cluster.
const bucketOf = (name: string) => `kineticpay:limits:{${name}}:bucket`;
const flightOf = (name: string) => `kineticpay:limits:{${name}}:flight`;

interface Connection {
  readonly current: () => Redis | undefined;
  /** What was sent could not be answered in time: the connection is given up, and sought anew in the background. */
  lose(error: unknown): void;
  close(): void;
}

/** Keeps a connection to Redis, or tries to have one again: nobody ever waits for that. */
function keepConnected(url: string, log: Logger, onConnected: (redis: Redis) => void): Connection {
  let redis: Redis | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let isMissed = false;
  const retry = () => {
    if (isClosed) return;
    timer = setTimeout(connect, retryAfterMs);
    timer.unref();
  };
  const lose = (error: unknown) => {
    // Told once, and not every half second for as long as Redis is away.
    if (!isMissed)
      log.warn({ err: error }, "Redis does not answer: each process counts its limits alone until it does");
    isMissed = true;
    redis?.destroy();
    redis = undefined;
    clearTimeout(timer);
    retry();
  };
  const connect = async () => {
    try {
      let isBroken = false;
      const connected: Redis = await connectRedis(url, [takeScript, leaveScript, chargeScript, lookScript], () => {
        isBroken = true;
        if (redis !== undefined && redis === connected) lose(new Error("the connection broke"));
      });
      if (isClosed) return connected.destroy();
      if (isBroken) throw new Error("the connection broke");
      redis = connected;
      if (isMissed) log.info("Redis answers again: limits are shared");
      isMissed = false;
      onConnected(connected);
    } catch (error) {
      lose(error);
    }
  };
  void connect();
  return {
    current: () => redis,
    lose,
    close() {
      isClosed = true;
      clearTimeout(timer);
      redis?.destroy();
      redis = undefined;
    },
  };
}

/**
 * Counts in Redis for as long as Redis answers. One answer that is late ends that: from then on no call waits, until a
 * connection made in the background has answered.
 */
export function openSharedLimits(options: SharedOptions): SharedLimits {
  const { key, address, patienceMs = defaultPatienceMs } = options;
  /** Calls that ended while Redis was away, by call: without this they would stay counted when it is back. */
  const owed = new Map<string, string>();
  const connection = keepConnected(options.url, options.log, (redis) => {
    for (const [callId, keyId] of owed) redis.run(leaveScript, [flightOf(keyId)], [callId]).catch(() => undefined);
    owed.clear();
  });

  const ask = async (script: string, keys: string[], values: readonly (string | number)[]): Promise<unknown> => {
    const redis = connection.current();
    if (redis === undefined) return undefined;
    try {
      return await within(patienceMs, redis.run(script, keys, values.map(String)));
    } catch (error) {
      if (redis === connection.current()) connection.lose(error);
      return undefined;
    }
  };

  return {
    async take(keyId, callId) {
      const values = [key.ratePerS, key.burst, options.concurrency, callId, leaseMs];
      const answer = await ask(takeScript, [bucketOf(keyId), flightOf(keyId)], values);
      if (!Array.isArray(answer)) return undefined;
      return { refusedBy: refusals[Number(answer[0])], remaining: Number(answer[1]) };
    },
    leave(keyId, callId) {
      const owe = () => void (owed.size < mostOwed && owed.set(callId, keyId));
      const redis = connection.current();
      if (redis === undefined) owe();
      else redis.run(leaveScript, [flightOf(keyId)], [callId]).catch(owe);
    },
    async look(keyId) {
      const answer = await ask(lookScript, [bucketOf(keyId), flightOf(keyId)], [key.ratePerS, key.burst]);
      if (!Array.isArray(answer)) return undefined;
      return { remaining: Number(answer[0]), inFlight: Number(answer[1]) };
    },
    async charge(network) {
      const answer = await ask(chargeScript, [bucketOf(network)], [address.ratePerS, address.burst]);
      return answer === undefined ? undefined : Number(answer);
    },
    get isConnected() {
      return connection.current() !== undefined;
    },
    close: () => connection.close(),
  };
}
