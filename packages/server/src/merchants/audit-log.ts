import type { Meta } from "@kineticpay/contract/errors/entry";
import { newId } from "@kineticpay/contract/ids";
import type { Tx } from "../db/db.ts";
import type { Office } from "../gateway.ts";

/** Who changes something: a key over the API, a person at the operator's command line, or the gateway by itself. */
export type Actor =
  | {
      readonly kind: "key";
      readonly keyId: string;
      readonly merchantId: string;
      readonly collectionId: string;
      /** Where the call came from. */
      readonly address: string;
    }
  | { readonly kind: "operator"; readonly name: string }
  | { readonly kind: "gateway"; readonly name: string };

export const auditActions = [
  "merchant.created",
  "collection.created",
  "collection.changed",
  "collection.api_enabled",
  "collection.api_disabled",
  "collection.ip_allow_list_changed",
  "api_key.created",
  "api_key.imported",
  "api_key.changed",
  "api_key.rolled",
  "api_key.revoked",
  "api_key.ip_allow_list_changed",
  "webhook_endpoint.created",
  "webhook_endpoint.changed",
  "webhook_endpoint.secret_rolled",
  "webhook_endpoint.enabled",
  "webhook_endpoint.disabled",
  "webhook_endpoint.deleted",
  "payment.buyer_erased",
] as const;
export type AuditAction = (typeof auditActions)[number];

/** What a value was and what it became; null for what was not there. */
export interface Change {
  readonly old: Meta[string];
  readonly new: Meta[string];
}
export type Changes = Readonly<Record<string, Change>>;

export interface AuditEntry {
  readonly id: string;
  readonly merchantId: string;
  readonly at: Date;
  readonly actorKind: Actor["kind"];
  readonly actor: string;
  readonly address: string | null;
  readonly action: AuditAction;
  readonly objectId: string;
  readonly changes: Changes;
}

/** Only the values that differ. */
export function changesBetween(before: Meta, after: Meta): Changes {
  const changes: Record<string, Change> = {};
  for (const [name, value] of Object.entries(after)) {
    const old = before[name] ?? null;
    if (JSON.stringify(old) !== JSON.stringify(value)) changes[name] = { old, new: value };
  }
  return changes;
}

/** The merchant whose objects an actor may reach; null for every merchant's. */
export function reachOf(actor: Actor): string | null {
  return actor.kind === "key" ? actor.merchantId : null;
}

/**
 * Writes down a change, in the transaction that makes it. Values are shown to people: no secret may be among them.
 * @param fact `at` where one change has several entries: the moment of all of them
 */
export async function recordChange(
  office: Office,
  tx: Tx,
  actor: Actor,
  fact: { merchantId: string; action: AuditAction; objectId: string; changes: Changes; at?: Date },
): Promise<void> {
  const now = fact.at ?? office.clock.now();
  await tx.query(
    `insert into audit_log (id, merchant_id, at, actor_kind, actor, address, action, object_id, changes)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      newId("audit", now.getTime(), office.random.bytes(10)),
      fact.merchantId,
      now,
      actor.kind,
      actor.kind === "key" ? actor.keyId : actor.name,
      actor.kind === "key" ? actor.address : null,
      fact.action,
      fact.objectId,
      JSON.stringify(fact.changes),
    ],
  );
}

/** Entries, newest first; at most `limit`. */
export function listAudit(
  office: Office,
  filter: { objectId: string | null; merchantId: string | null; limit: number },
): Promise<AuditEntry[]> {
  return office.db.query<AuditEntry>(
    `select id, merchant_id as "merchantId", at, actor_kind as "actorKind", actor, address, action,
            object_id as "objectId", changes
     from audit_log
     where ($1::text is null or object_id = $1) and ($2::text is null or merchant_id = $2)
     order by id desc limit $3`,
    [filter.objectId, filter.merchantId, filter.limit],
  );
}
