import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { Tx } from "../db/db.ts";
import type { Office } from "../gateway.ts";
import { recordKeyEvent } from "./account-events.ts";
import { listAllows } from "./address-range.ts";
import { type IssuedKey, issueKey, type KeyKind, type KeyTraits, type Scope } from "./api-keys.ts";
import { type Actor, type AuditAction, changesBetween, reachOf, recordChange } from "./audit-log.ts";
import { changeAccess } from "./change-access.ts";
import { canonicalList } from "./change-collections.ts";
import { type ApiKey, findApiKey, lockApiKey, stateOfKey } from "./read-api-keys.ts";
import { lockCollection } from "./read-collections.ts";
import { refuseLockOut, requireFitting, requireFuture } from "./refusals.ts";

export interface KeyChange {
  readonly name?: string;
  readonly scopes?: readonly Scope[];
  readonly expiresAt?: Date | null;
}

/** A key with its secret, which is shown this once. */
export interface ShownKey {
  readonly record: ApiKey;
  readonly issued: IssuedKey;
}

const time = (date: Date | null) => date?.toISOString() ?? null;

/** @throws GatewayError key_not_active: what has been ended by somebody, or by time, is not brought back */
function requireActive(key: ApiKey, now: Date, action: string): void {
  const state = stateOfKey(key, now);
  if (state === "active") return;
  const at = time(state === "revoked" ? key.revokedAt : key.expiresAt) ?? "";
  throw new GatewayError("key_not_active", { meta: { id: key.id, state, at, action } });
}

async function read(tx: Tx, id: string): Promise<ApiKey> {
  const record = await findApiKey(tx, null, id);
  if (record === undefined) throw new Error(`key ${id} vanished`);
  return record;
}

async function issueAndRecord(
  office: Office,
  tx: Tx,
  actor: Actor,
  owner: { merchantId: string; collectionId: string },
  kind: KeyKind,
  traits: KeyTraits,
): Promise<ShownKey> {
  const issued = await issueKey(office, tx, owner, kind, traits);
  const record = await read(tx, issued.id);
  const action = record.imported ? "api_key.imported" : "api_key.created";
  const changes = changesBetween(
    {},
    {
      collection: record.collectionId,
      kind,
      name: record.name,
      scopes: record.scopes,
      expires_at: time(record.expiresAt),
      ip_allow_list: record.ipAllowList,
      rolled_from: record.rolledFrom,
    },
  );
  await recordChange(office, tx, actor, { merchantId: owner.merchantId, action, objectId: record.id, changes });
  await recordKeyEvent(office, tx, action, record);
  return { record, issued };
}

/**
 * Issues a key for a collection, or takes over a merchant key that was issued elsewhere (`traits.imported`). Undefined
 * when the actor can reach no such collection.
 * @throws GatewayError fields_invalid for an expiry that has passed and for scopes that the kind cannot have
 */
export async function createApiKey(
  office: Office,
  actor: Actor,
  collectionId: string,
  kind: KeyKind,
  traits: KeyTraits,
): Promise<ShownKey | undefined> {
  requireFuture(traits.expiresAt, office.clock.now());
  requireFitting(kind, traits.scopes);
  return changeAccess(office, "api_keys.create", async (tx) => {
    const collection = await lockCollection(tx, reachOf(actor), collectionId);
    if (collection === undefined) return undefined;
    return issueAndRecord(office, tx, actor, { merchantId: collection.merchantId, collectionId }, kind, traits);
  });
}

/** Finds a key under a lock, has it changed, and writes down and tells what differs. */
function changing(
  office: Office,
  actor: Actor,
  id: string,
  action: AuditAction,
  change: (tx: Tx, found: ApiKey) => Promise<void>,
): Promise<ApiKey | undefined> {
  return changeAccess(office, "api_keys.change", async (tx) => {
    const found = await lockApiKey(tx, reachOf(actor), id);
    if (found === undefined) return undefined;
    await change(tx, found);
    const next = await read(tx, id);
    const shown = (key: ApiKey) => ({
      name: key.name,
      scopes: key.scopes,
      expires_at: time(key.expiresAt),
      revoked_at: time(key.revokedAt),
      ip_allow_list: key.ipAllowList,
    });
    const changes = changesBetween(shown(found), shown(next));
    if (Object.keys(changes).length > 0) {
      await recordChange(office, tx, actor, { merchantId: found.merchantId, action, objectId: id, changes });
      await recordKeyEvent(office, tx, action, next);
    }
    return next;
  });
}

const isOwn = (actor: Actor, id: string) => actor.kind === "key" && actor.keyId === id;

/**
 * Changes an active key; what is left out stays. Undefined when the actor can reach no such key.
 * @throws GatewayError key_not_active, fields_invalid
 */
export function changeApiKey(
  office: Office,
  actor: Actor,
  id: string,
  change: KeyChange,
  force = false,
): Promise<ApiKey | undefined> {
  return changing(office, actor, id, "api_key.changed", async (tx, found) => {
    const now = office.clock.now();
    requireActive(found, now, "changed");
    requireFuture(change.expiresAt, now);
    requireFitting(found.kind, change.scopes);
    const losesManage = change.scopes !== undefined && !change.scopes.includes("manage");
    refuseLockOut(actor, force, isOwn(actor, id) && losesManage, "without manage it could not take this back");
    const next = { ...found, ...change };
    await tx.query("update api_keys set name = $2, scopes = $3, expires_at = $4 where id = $1", [
      id,
      next.name,
      [...next.scopes],
      next.expiresAt,
    ]);
  });
}

/**
 * Ends a key at once. Revoking a revoked key changes nothing and succeeds. Undefined when the actor can reach no such key.
 * @throws GatewayError fields_invalid when a key would revoke itself without `force`
 */
export function revokeApiKey(office: Office, actor: Actor, id: string, force = false): Promise<ApiKey | undefined> {
  return changing(office, actor, id, "api_key.revoked", async (tx, found) => {
    if (found.revokedAt !== null) return;
    refuseLockOut(actor, force, isOwn(actor, id), "it would end itself");
    await tx.query("update api_keys set revoked_at = $2 where id = $1", [id, office.clock.now()]);
  });
}

/**
 * Replaces an active key's allow-list. Undefined when the actor can reach no such key.
 * @param choose what the list becomes, from what it is; entries in any accepted form
 * @throws GatewayError key_not_active; fields_invalid when the caller's own address would be kept out without `force`
 */
export function setKeyAllowList(
  office: Office,
  actor: Actor,
  id: string,
  choose: (present: readonly string[]) => readonly string[],
  force = false,
): Promise<ApiKey | undefined> {
  return changing(office, actor, id, "api_key.ip_allow_list_changed", async (tx, found) => {
    requireActive(found, office.clock.now(), "changed");
    const list = canonicalList(choose(found.ipAllowList));
    const address = actor.kind === "key" ? actor.address : "";
    const locksOut = isOwn(actor, id) && !listAllows(list, address);
    refuseLockOut(actor, force, locksOut, `it calls from ${address}, which is not on the new list`);
    await tx.query("update api_keys set ip_allow_list = $2 where id = $1", [id, list]);
  });
}

const hourMs = 60 * 60 * 1000;
/** Seven days. */
export const longestOverlapHours = 168;

/**
 * Replaces an active key by a new one with the same scopes and allow-list. The old one goes on working for the overlap,
 * and never longer than it would have without; the new one expires only if that is asked for. Undefined when the actor
 * can reach no such key.
 * @throws GatewayError key_not_active, fields_invalid
 */
export async function rollApiKey(
  office: Office,
  actor: Actor,
  id: string,
  wish: { readonly overlapHours: number; readonly expiresAt?: Date | null },
): Promise<(ShownKey & { readonly old: ApiKey }) | undefined> {
  let shown: ShownKey | undefined;
  const old = await changing(office, actor, id, "api_key.rolled", async (tx, found) => {
    const now = office.clock.now();
    requireActive(found, now, "rolled");
    requireFuture(wish.expiresAt, now);
    const { name, scopes, ipAllowList, kind } = found;
    const traits = { name, scopes, ipAllowList, rolledFrom: id, expiresAt: wish.expiresAt ?? null };
    shown = await issueAndRecord(office, tx, actor, found, kind, traits);
    const end = new Date(now.getTime() + wish.overlapHours * hourMs);
    const expiresAt = found.expiresAt !== null && found.expiresAt < end ? found.expiresAt : end;
    await tx.query("update api_keys set expires_at = $2 where id = $1", [id, expiresAt]);
  });
  return old === undefined || shown === undefined ? undefined : { ...shown, old };
}
