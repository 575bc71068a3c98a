import type { Caller } from "../merchants/caller.ts";

/** Whose records a caller sees: one collection's, or with null all of the merchant's. */
export interface Reach {
  readonly merchantId: string;
  readonly collectionId: string | null;
}

/** A key with `manage` sees what all of the merchant's collections did, any other what its own did. */
export function reachOf(caller: Caller): Reach {
  const isWide = caller.scopes.includes("manage");
  return { merchantId: caller.merchantId, collectionId: isWide ? null : caller.collectionId };
}
