import type { Caller } from "./caller.ts";

/** A key that there is, with all that decides on its calls. */
export interface KnownKey {
  readonly kind: "api_key" | "merchant_key";
  readonly caller: Caller;
  readonly revokedAt: Date | null;
  readonly expiresAt: Date | null;
}

/** A look into the database that has begun: what it brings back is at least as new as its beginning. */
export interface Look {
  readonly startedMs: number;
}

/**
 * Keys as the database had them a moment ago, so that a call need not ask for its key. What is kept is believed only for
 * as long as the version of everything that decides on access (`access_version`) was seen unchanged less than `freshMs`
 * ago. A change therefore counts in every process within that time, whatever becomes of connections: a process that
 * cannot ask believes nothing it keeps.
 */
export interface KnownKeys {
  /** The key of that digest; null when it is known that there is none; undefined when the database has to be asked. */
  find(digest: string): KnownKey | null | undefined;
  /** True when the version should be looked at again, so that the next calls need not wait for it. Says so once a look. */
  isDue(): boolean;
  beginLook(): Look;
  /** A look ended, and saw this version. */
  confirm(look: Look, version: number): void;
  /** A look ended, and saw this version and, in the same snapshot, this key or that there is none. */
  learn(look: Look, version: number, digest: string, key: KnownKey | null): void;
  /** This process has changed something: the next call asks. */
  forget(): void;
}

export interface KnownKeysOptions {
  /** How long something is believed, from the beginning of the look that confirmed it; in ms. */
  readonly freshMs: number;
  /** As many keys are kept, and as many digests of keys that do not exist. */
  readonly mostKept: number;
  /** Milliseconds of a clock that nobody can set. */
  readonly nowMs: () => number;
}

/** Well below the second within which a revoked key must be refused everywhere. */
const defaults: KnownKeysOptions = { freshMs: 800, mostKept: 20_000, nowMs: () => performance.now() };

/** Drops the oldest entry when there is no room for another. */
function put<V>(map: Map<string, V>, name: string, value: V, mostKept: number): void {
  if (map.size >= mostKept && !map.has(name)) {
    for (const oldest of map.keys()) {
      map.delete(oldest);
      break;
    }
  }
  map.set(name, value);
}

export function createKnownKeys(options: Partial<KnownKeysOptions> = {}): KnownKeys {
  const { freshMs, mostKept, nowMs } = { ...defaults, ...options };
  const keys = new Map<string, KnownKey>();
  // Apart, so that a flood of guesses cannot push out the keys that there are.
  const strangers = new Map<string, null>();
  let version = -1;
  let confirmedMs = Number.NEGATIVE_INFINITY;
  let forgottenMs = Number.NEGATIVE_INFINITY;
  let askedMs = Number.NEGATIVE_INFINITY;

  /** Whether what that look saw is as new as what is kept. */
  const take = (look: Look, seen: number): boolean => {
    if (look.startedMs < forgottenMs || seen < version) return false;
    if (seen > version) {
      keys.clear();
      strangers.clear();
      version = seen;
    }
    confirmedMs = Math.max(confirmedMs, look.startedMs);
    return true;
  };

  return {
    find(digest) {
      if (nowMs() - confirmedMs >= freshMs) return undefined;
      return keys.get(digest) ?? strangers.get(digest);
    },
    isDue() {
      const now = nowMs();
      if (now - Math.max(confirmedMs, askedMs) < freshMs / 4) return false;
      askedMs = now;
      return true;
    },
    beginLook: () => ({ startedMs: nowMs() }),
    confirm: (look, seen) => void take(look, seen),
    learn(look, seen, digest, key) {
      if (!take(look, seen)) return;
      if (key === null) put(strangers, digest, null, mostKept);
      else put(keys, digest, key, mostKept);
    },
    forget() {
      forgottenMs = nowMs();
      confirmedMs = Number.NEGATIVE_INFINITY;
    },
  };
}
