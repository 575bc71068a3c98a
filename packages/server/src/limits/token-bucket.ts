export interface BucketOptions {
  /** Tokens that come back in a second; a whole number. */
  readonly ratePerS: number;
  /** Tokens of a full bucket; a whole number. */
  readonly burst: number;
  /** No more buckets are kept than this; those touched longest ago go first. */
  readonly mostKept: number;
}

/** Token buckets by name. One that nobody has touched for as long as it takes to fill is full, and need not be kept. */
export interface TokenBuckets {
  /** Whole tokens that are left. */
  remaining(name: string, nowMs: number): number;
  /** Takes one token; false when there is none. */
  take(name: string, nowMs: number): boolean;
  /** Gives back a token that was taken for nothing. */
  giveBack(name: string, nowMs: number): void;
  /** Lowers a bucket to what another process knows to be left of it. */
  lower(name: string, tokens: number, nowMs: number): void;
  /** How many buckets are kept. */
  readonly size: number;
}

interface Bucket {
  /** In thousandths of a token, so that a rate in tokens a second fills it in whole steps each millisecond. */
  level: number;
  atMs: number;
}

const token = 1_000;

/**
 * Keeps buckets in two generations: what has been written since the last change is in the younger. The older is dropped
 * whole, which costs nothing, when it has had the time to fill or when there are too many.
 */
function generations(fillMs: number, mostKept: number) {
  let younger = new Map<string, Bucket>();
  let older = new Map<string, Bucket>();
  let changedMs = Number.NEGATIVE_INFINITY;
  return {
    find: (name: string): Bucket | undefined => younger.get(name) ?? older.get(name),
    /** The bucket as it may be written; `fresh` when there is none, or it moves to the younger generation. */
    claim(name: string, fresh: Bucket, nowMs: number): Bucket {
      const kept = younger.get(name);
      if (kept !== undefined) return kept;
      if (nowMs - changedMs >= fillMs || younger.size >= mostKept / 2) {
        older = younger;
        younger = new Map();
        changedMs = nowMs;
      }
      older.delete(name);
      younger.set(name, fresh);
      return fresh;
    },
    size: () => younger.size + older.size,
  };
}

/** Buckets in this process's memory, bounded in number however many names come. */
export function createTokenBuckets(options: BucketOptions): TokenBuckets {
  const { ratePerS, mostKept } = options;
  const full = options.burst * token;
  const kept = generations(Math.ceil(full / ratePerS), mostKept);

  const read = (name: string, nowMs: number): number => {
    const bucket = kept.find(name);
    return bucket === undefined ? full : Math.min(full, bucket.level + Math.max(0, nowMs - bucket.atMs) * ratePerS);
  };
  const write = (name: string, level: number, nowMs: number): void => {
    // A clock that was set back must not fill a bucket twice.
    const atMs = Math.max(nowMs, kept.find(name)?.atMs ?? nowMs);
    const bucket = kept.claim(name, { level, atMs }, nowMs);
    bucket.level = level;
    bucket.atMs = atMs;
  };

  return {
    remaining: (name, nowMs) => Math.floor(read(name, nowMs) / token),
    take(name, nowMs) {
      const level = read(name, nowMs);
      if (level < token) return false;
      write(name, level - token, nowMs);
      return true;
    },
    giveBack: (name, nowMs) => write(name, Math.min(full, read(name, nowMs) + token), nowMs),
    lower(name, tokens, nowMs) {
      const level = tokens * token;
      if (level < read(name, nowMs)) write(name, level, nowMs);
    },
    get size() {
      return kept.size();
    },
  };
}
