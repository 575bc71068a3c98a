import { isId } from "@kineticpay/contract/ids";
import type { DisabledReason, WebhookEndpointView } from "@kineticpay/contract/webhook-endpoint";
import type { Queryable, Tx } from "../db/db.ts";

/** An address that a merchant wants to be told of events at. */
export interface Endpoint {
  readonly id: string;
  readonly merchantId: string;
  readonly collectionId: string | null;
  readonly url: string;
  readonly description: string;
  /** Types of events, groups such as `payment.*`, or `*`. */
  readonly eventTypes: readonly string[];
  /** What is deleted is kept, because deliveries name it, and shown to nobody. */
  readonly status: "enabled" | "disabled" | "deleted";
  readonly disabledReason: DisabledReason | null;
  readonly disabledAt: Date | null;
  readonly failingSince: Date | null;
  readonly lastTestAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly deletedAt: Date | null;
}

const columns = `w.id, w.merchant_id as "merchantId", w.collection_id as "collectionId", w.url, w.description,
  w.event_types as "eventTypes", w.status, w.disabled_reason as "disabledReason", w.disabled_at as "disabledAt",
  w.failing_since as "failingSince", w.last_test_at as "lastTestAt", w.created_at as "createdAt",
  w.updated_at as "updatedAt", w.deleted_at as "deletedAt"`;
const byId = `select ${columns} from webhook_endpoints w
  where w.id = $1 and ($2::text is null or w.merchant_id = $2) and w.status <> 'deleted'`;

/**
 * An endpoint of that merchant, or of any when null; undefined alike for what does not exist, for what was deleted and for
 * another's.
 */
export async function findEndpoint(db: Queryable, reach: string | null, id: string): Promise<Endpoint | undefined> {
  return isId("webhookEndpoint", id) ? (await db.query<Endpoint>(byId, [id, reach]))[0] : undefined;
}

/** The same, and nobody else changes it until the transaction ends; deliveries to it go on being planned. */
export async function lockEndpoint(tx: Tx, reach: string | null, id: string): Promise<Endpoint | undefined> {
  if (!isId("webhookEndpoint", id)) return undefined;
  return (await tx.query<Endpoint>(`${byId} for no key update`, [id, reach]))[0];
}

/** Endpoints of a merchant, newest first. */
export function listEndpoints(
  db: Queryable,
  filter: { readonly merchantId: string; readonly startingAfter: string | null; readonly limit: number },
): Promise<Endpoint[]> {
  return db.query<Endpoint>(
    `select ${columns} from webhook_endpoints w
     where w.merchant_id = $1 and w.status <> 'deleted' and ($2::text is null or w.id < $2) order by w.id desc limit $3`,
    [filter.merchantId, filter.startingAfter, filter.limit],
  );
}

/** How many endpoints a merchant has, with other makers of endpoints kept waiting until the transaction ends. */
export async function countEndpoints(tx: Tx, merchantId: string): Promise<number> {
  await tx.query("select pg_advisory_xact_lock($1, hashtext($2))", [0x6b71, merchantId]);
  const rows = await tx.query<{ count: number }>(
    "select count(*) as count from webhook_endpoints where merchant_id = $1 and status <> 'deleted'",
    [merchantId],
  );
  return rows[0]?.count ?? 0;
}

export async function insertEndpoint(tx: Tx, endpoint: Endpoint): Promise<void> {
  await tx.query(
    `insert into webhook_endpoints (id, merchant_id, collection_id, url, description, event_types, status, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      endpoint.id,
      endpoint.merchantId,
      endpoint.collectionId,
      endpoint.url,
      endpoint.description,
      endpoint.eventTypes,
      endpoint.status,
      endpoint.createdAt,
      endpoint.updatedAt,
    ],
  );
}

/** Writes back what may change of an endpoint. It must be locked. */
export async function updateEndpoint(tx: Tx, endpoint: Endpoint): Promise<void> {
  await tx.query(
    `update webhook_endpoints set url = $2, description = $3, event_types = $4, status = $5, disabled_reason = $6,
       disabled_at = $7, failing_since = $8, last_test_at = $9, updated_at = $10, deleted_at = $11 where id = $1`,
    [
      endpoint.id,
      endpoint.url,
      endpoint.description,
      endpoint.eventTypes,
      endpoint.status,
      endpoint.disabledReason,
      endpoint.disabledAt,
      endpoint.failingSince,
      endpoint.lastTestAt,
      endpoint.updatedAt,
      endpoint.deletedAt,
    ],
  );
}

/** An endpoint as the API and events show it. */
export function endpointView(endpoint: Endpoint): WebhookEndpointView {
  return {
    id: endpoint.id,
    object: "webhook_endpoint",
    collection: endpoint.collectionId,
    url: endpoint.url,
    description: endpoint.description,
    events: endpoint.eventTypes,
    status: endpoint.status === "enabled" ? "enabled" : "disabled",
    disabled_reason: endpoint.disabledReason,
    disabled_at: endpoint.disabledAt?.toISOString() ?? null,
    failing_since: endpoint.failingSince?.toISOString() ?? null,
    created_at: endpoint.createdAt.toISOString(),
    updated_at: endpoint.updatedAt.toISOString(),
  };
}

/** Members of an endpoint that is told nothing any more. */
export function disabled(endpoint: Endpoint, reason: DisabledReason, now: Date): Endpoint {
  return { ...endpoint, status: "disabled", disabledReason: reason, disabledAt: now, updatedAt: now };
}
