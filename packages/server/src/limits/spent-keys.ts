import { hash } from "node:crypto";

/**
 * Keys that were verified and refused a moment ago, so that refusing them again needs no look into the database. Only for
 * a second: whatever is changed of a key counts within that.
 */
export interface SpentKeys<Owner> {
  note(key: string, owner: Owner, nowMs: number): void;
  /** Whose key it is, when that was found out less than a second ago. */
  find(key: string, nowMs: number): Owner | undefined;
}

const rememberedMs = 1_000;
const mostKept = 10_000;

const digestOf = (key: string) => hash("sha256", key, "base64");

export function createSpentKeys<Owner>(): SpentKeys<Owner> {
  const spentKeys = new Map<string, { readonly owner: Owner; readonly untilMs: number }>();
  return {
    note(key, owner, nowMs) {
      for (const [oldest, { untilMs }] of spentKeys) {
        if (untilMs > nowMs && spentKeys.size < mostKept) break;
        spentKeys.delete(oldest);
      }
      const digest = digestOf(key);
      // Not prolonged: it is the verification that must not be older than a second.
      if (!spentKeys.has(digest)) spentKeys.set(digest, { owner, untilMs: nowMs + rememberedMs });
    },
    find(key, nowMs) {
      if (spentKeys.size === 0) return undefined;
      const known = spentKeys.get(digestOf(key));
      return known !== undefined && known.untilMs > nowMs ? known.owner : undefined;
    },
  };
}
