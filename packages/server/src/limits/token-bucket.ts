export interface BucketOptions {
  /** Tokens that come back in a second; a whole number. */
  readonly ratePerS: number;
  /** Tokens of a full bucket; a whole number. */
  readonly burst: number;
  /** No more buckets are kept than this; the one touched longest ago goes first. */
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

/** Buckets in this process's memory. */
export function createTokenBuckets(options: BucketOptions): TokenBuckets {
  const { ratePerS, mostKept } = options;
  const full = options.burst * token;
  const buckets = new Map<string, Bucket>();

  const levelOf = (bucket: Bucket, nowMs: number): number =>
    Math.min(full, bucket.level + Math.max(0, nowMs - bucket.atMs) * ratePerS);

  /** Two of the oldest go for each that comes, as long as they are full: so what was abandoned melts away by itself. */
  const tidy = (nowMs: number): void => {
    let looked = 0;
    for (const [name, bucket] of buckets) {
      if (buckets.size <= mostKept && (looked >= 2 || levelOf(bucket, nowMs) < full)) return;
      buckets.delete(name);
      looked += 1;
    }
  };

  const write = (name: string, level: number, nowMs: number): void => {
    const known = buckets.get(name);
    // A map keeps the order of insertion, so what was touched last stands last.
    if (known !== undefined) buckets.delete(name);
    buckets.set(name, { level, atMs: Math.max(nowMs, known?.atMs ?? nowMs) });
    if (known === undefined) tidy(nowMs);
  };

  const read = (name: string, nowMs: number): number => {
    const bucket = buckets.get(name);
    return bucket === undefined ? full : levelOf(bucket, nowMs);
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
      return buckets.size;
    },
  };
}
