/** What a client was told, and may rely on for ever. */
export type Acknowledged =
  | {
      readonly what: "created";
      readonly id: string;
      readonly invoice: string;
      readonly amountSen: number;
      readonly protocol: "v2" | "wire";
    }
  | { readonly what: "described"; readonly id: string; readonly description: string }
  | { readonly what: "cancelled"; readonly id: string }
  | { readonly what: "seen_paid"; readonly id: string }
  /** The gateway said `OK` to this message. */
  | { readonly what: "ok"; readonly orderNumber: string; readonly code: string }
  /** The bank made up its mind; the gateway has to find out, whether or not it was told. */
  | { readonly what: "decided"; readonly orderNumber: string; readonly code: string; readonly invoice: string }
  | { readonly what: "key_created"; readonly id: string; readonly name: string }
  | { readonly what: "key_named"; readonly id: string; readonly name: string }
  | { readonly what: "key_revoked"; readonly id: string }
  | { readonly what: "collection_created"; readonly id: string; readonly name: string }
  | { readonly what: "collection_named"; readonly id: string; readonly name: string }
  | { readonly what: "collection_listed"; readonly id: string; readonly addresses: readonly string[] }
  | { readonly what: "endpoint_created"; readonly id: string }
  | { readonly what: "endpoint_described"; readonly id: string; readonly description: string }
  | { readonly what: "endpoint_deleted"; readonly id: string };

/** The entries of one kind. */
export function of<W extends Acknowledged["what"]>(
  entries: readonly Acknowledged[],
  what: W,
): Extract<Acknowledged, { what: W }>[] {
  return entries.filter((entry): entry is Extract<Acknowledged, { what: W }> => entry.what === what);
}
