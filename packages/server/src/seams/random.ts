import { randomBytes } from "node:crypto";

/** Where chance comes from: a seeded source in tests, the operating system's in life. */
export interface Random {
  bytes(length: number): Uint8Array;
  /** A number from 0 up to, not including, 1; for jitter, never for secrets. */
  fraction(): number;
}

// Asking the operating system for ten bytes at a time would dominate the making of an id.
const poolSize = 4_096;

/** Cryptographically strong randomness. */
export function systemRandom(): Random {
  let pool = Buffer.alloc(0);
  return {
    bytes(length) {
      if (length > poolSize) return randomBytes(length);
      if (pool.length < length) pool = randomBytes(poolSize);
      const taken = pool.subarray(0, length);
      pool = pool.subarray(length);
      return taken;
    },
    fraction: () => Math.random(),
  };
}
