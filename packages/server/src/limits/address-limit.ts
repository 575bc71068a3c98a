import { hash } from "node:crypto";
import { createTokenBuckets, type TokenBuckets } from "./token-bucket.ts";

/**
 * Counts calls without a verified key by the network they come from. Whoever holds a good key must not suffer for a
 * neighbour behind the same address, so a key from a spent address is still looked up, within bounds.
 */
export interface AddressLimit {
  /** Calls without a verified key that the network may still make now. */
  remaining(network: string, nowMs: number): number;
  /** Counts one such call; gives what is left. */
  charge(network: string, nowMs: number): number;
  /** Whether a key that comes from a spent network is worth asking the database about. */
  mayLookUp(key: string, nowMs: number): boolean;
  /** Remembers for some minutes that a key from a spent network was good. */
  vouch(key: string, nowMs: number): void;
  /** Takes over what is known elsewhere to be left. */
  lower(network: string, tokens: number, nowMs: number): void;
}

const mostNetworks = 20_000;
const mostVouched = 10_000;
const vouchedForMs = 10 * 60_000;
/** How many unknown keys a second are looked up for spent networks, for all of them together. */
const doubtsPerS = 20;

const digestOf = (key: string) => hash("sha256", key, "base64");

export function createAddressLimit(policy: { readonly ratePerS: number; readonly burst: number }): AddressLimit {
  const networks: TokenBuckets = createTokenBuckets({ ...policy, mostKept: mostNetworks });
  const doubts = createTokenBuckets({ ratePerS: doubtsPerS, burst: doubtsPerS, mostKept: 1 });
  const vouched = new Map<string, number>();
  return {
    remaining: networks.remaining,
    charge(network, nowMs) {
      networks.take(network, nowMs);
      return networks.remaining(network, nowMs);
    },
    mayLookUp(key, nowMs) {
      const until = vouched.size === 0 ? undefined : vouched.get(digestOf(key));
      return (until !== undefined && until > nowMs) || doubts.take("all", nowMs);
    },
    vouch(key, nowMs) {
      const digest = digestOf(key);
      vouched.delete(digest);
      vouched.set(digest, nowMs + vouchedForMs);
      for (const [oldest, until] of vouched) {
        if (until > nowMs && vouched.size <= mostVouched) break;
        vouched.delete(oldest);
      }
    },
    lower: networks.lower,
  };
}
