import { createHash, hkdfSync } from "node:crypto";
import { newId } from "@kineticpay/contract/ids";
import type { Tx } from "../db/db.ts";
import type { Office } from "../gateway.ts";
import { sealPurposes } from "../seams/seal.ts";
import { hintOfKey, newApiKey } from "./key-format.ts";

/** What a key may do. `manage` reaches collections and keys of the whole merchant, and so can give itself every other. */
export const scopes = ["payments:read", "payments:write", "manage"] as const;
export type Scope = (typeof scopes)[number];

/** What a key may do when nothing else is said: everything about payments, and nothing else. */
export const paymentScopes: readonly Scope[] = ["payments:read", "payments:write"];

export type KeyKind = "api_key" | "merchant_key";

/** Keys carry at least 112 bits of chance, so an unsalted fast hash is enough to look them up by. */
export function hashOfKey(key: string): Buffer {
  return createHash("sha256").update(key, "utf8").digest();
}

/** The key that signs and encrypts wire-protocol callbacks, which a merchant can derive from the merchant key alone. */
export function callbackKeyOf(merchantKey: string): Buffer {
  return Buffer.from(
    hkdfSync("sha256", Buffer.from(merchantKey, "utf8"), Buffer.alloc(0), "kineticpay callback v1", 32),
  );
}

export interface IssuedKey {
  readonly id: string;
  /** Shown once; only its hash is kept. */
  readonly key: string;
}

/** What a new key is given beside its owner; all of it may be left out. */
export interface KeyTraits {
  readonly name?: string;
  readonly scopes?: readonly Scope[];
  readonly expiresAt?: Date | null;
  readonly ipAllowList?: readonly string[];
  readonly rolledFrom?: string;
  /** A merchant key that was issued elsewhere; a new one is made when left out. */
  readonly imported?: string;
}

/**
 * Issues a key for a collection: an API key for the v2 API, or a merchant key for the wire protocol. Both have the same
 * form; a merchant key also leaves its callback key behind, sealed. The caller writes the audit log.
 */
export async function issueKey(
  office: Office,
  tx: Tx,
  owner: { merchantId: string; collectionId: string },
  kind: KeyKind,
  traits: KeyTraits = {},
): Promise<IssuedKey> {
  const key = traits.imported ?? newApiKey(office.config.mode, office.random);
  const now = office.clock.now();
  const id = newId("apiKey", now.getTime(), office.random.bytes(10));
  const sealed = kind === "merchant_key" ? office.seal.close(callbackKeyOf(key), sealPurposes.callbackKey) : null;
  await tx.query(
    `insert into api_keys (id, merchant_id, collection_id, kind, name, hash, hint, scopes, ip_allow_list,
                           callback_key_sealed, imported, rolled_from, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      id,
      owner.merchantId,
      owner.collectionId,
      kind,
      traits.name ?? "",
      hashOfKey(key),
      hintOfKey(key),
      [...(traits.scopes ?? paymentScopes)],
      [...(traits.ipAllowList ?? [])],
      sealed,
      traits.imported !== undefined,
      traits.rolledFrom ?? null,
      now,
      traits.expiresAt ?? null,
    ],
  );
  return { id, key };
}
