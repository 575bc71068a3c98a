import type { AccountEventType } from "@kineticpay/contract/events/catalogue";
import { newId } from "@kineticpay/contract/ids";
import { newSecret, replaceSecret } from "../callbacks/endpoint-secrets.ts";
import {
  countEndpoints,
  disabled,
  type Endpoint,
  endpointView,
  insertEndpoint,
  lockEndpoint,
  updateEndpoint,
} from "../callbacks/endpoints.ts";
import { recordEvent } from "../callbacks/outbox.ts";
import type { Tx } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";
import { type Actor, type AuditAction, changesBetween, reachOf, recordChange } from "../merchants/audit-log.ts";
import { lockCollection } from "../merchants/read-collections.ts";
import { fieldRefusal } from "../merchants/refusals.ts";

/** Of one merchant; every event may have to be planned for each of them. */
export const mostEndpoints = 100;

export interface EndpointInput {
  readonly url: string;
  readonly description: string;
  readonly eventTypes: readonly string[];
  /** Null for the events of every collection. */
  readonly collectionId: string | null;
}

export type EndpointChange = Partial<Omit<EndpointInput, "collectionId">>;

const audited = (endpoint: Endpoint) => ({
  url: endpoint.url,
  description: endpoint.description,
  events: endpoint.eventTypes,
  status: endpoint.status,
});

/** Writes down who changed an endpoint and records the event, in the transaction of the change. */
export async function recordEndpointChange(
  gateway: Gateway,
  tx: Tx,
  actor: Actor,
  endpoint: Endpoint,
  fact: { readonly action: AuditAction; readonly type: AccountEventType; readonly before: Endpoint | undefined },
): Promise<void> {
  const { merchantId, collectionId, id } = endpoint;
  const changes = changesBetween(fact.before === undefined ? {} : audited(fact.before), audited(endpoint));
  await recordChange(gateway, tx, actor, { merchantId, action: fact.action, objectId: id, changes });
  await recordEvent(gateway, tx, { type: fact.type, merchantId, collectionId, data: endpointView(endpoint) });
}

/** Runs a change of an endpoint under its lock. Undefined when the actor can reach no such endpoint. */
export async function changingEndpoint<T>(
  gateway: Gateway,
  actor: Actor,
  id: string,
  work: (tx: Tx, found: Endpoint) => Promise<T>,
): Promise<T | undefined> {
  const result = await gateway.db.transaction("webhooks.change", async (tx) => {
    const found = await lockEndpoint(tx, reachOf(actor), id);
    return found === undefined ? undefined : work(tx, found);
  });
  gateway.wakeups.wake("deliver");
  return result;
}

/**
 * Makes an endpoint for a merchant. Its secret is in the answer, and never again. Undefined when the actor can reach no such
 * collection.
 * @throws GatewayError fields_invalid when the merchant has as many endpoints as one may have
 */
export async function createEndpoint(
  gateway: Gateway,
  actor: Actor,
  merchantId: string,
  input: EndpointInput,
): Promise<{ readonly endpoint: Endpoint; readonly secret: string } | undefined> {
  const now = gateway.clock.now();
  const id = newId("webhookEndpoint", now.getTime(), gateway.random.bytes(10));
  const secret = newSecret(gateway);
  const unset = { disabledReason: null, disabledAt: null, failingSince: null, lastTestAt: null, deletedAt: null };
  const times = { createdAt: now, updatedAt: now };
  const endpoint: Endpoint = { id, merchantId, ...input, status: "enabled", ...unset, ...times };
  return gateway.db.transaction("webhooks.create", async (tx) => {
    const { collectionId } = input;
    if (collectionId !== null && (await lockCollection(tx, merchantId, collectionId)) === undefined) return undefined;
    if ((await countEndpoints(tx, merchantId)) >= mostEndpoints) {
      const message = `This merchant has ${mostEndpoints} endpoints already.`;
      throw fieldRefusal({ path: "/", code: "field_invalid", message, expected: "fewer endpoints: delete some first" });
    }
    const fact = { action: "webhook_endpoint.created", type: "webhook_endpoint.created", before: undefined } as const;
    // Before there is an endpoint: it need not be told of itself.
    await recordEndpointChange(gateway, tx, actor, endpoint, fact);
    await insertEndpoint(tx, endpoint);
    await replaceSecret(tx, id, secret.sealed, { now, oldValidUntil: now });
    return { endpoint, secret: secret.shown };
  });
}

/** Changes an endpoint; what is left out stays. Undefined when the actor can reach no such endpoint. */
export function changeEndpoint(
  gateway: Gateway,
  actor: Actor,
  id: string,
  change: EndpointChange,
): Promise<Endpoint | undefined> {
  return changingEndpoint(gateway, actor, id, async (tx, found) => {
    const wanted = { ...found, ...change };
    if (Object.keys(changesBetween(audited(found), audited(wanted))).length === 0) return found;
    // How long the old address failed says nothing of a new one.
    const failingSince = wanted.url === found.url ? found.failingSince : null;
    const next = { ...wanted, failingSince, updatedAt: gateway.clock.now() };
    await updateEndpoint(tx, next);
    const fact = { action: "webhook_endpoint.changed", type: "webhook_endpoint.updated", before: found } as const;
    await recordEndpointChange(gateway, tx, actor, next, fact);
    return next;
  });
}

/**
 * Stops telling an endpoint of anything, or begins again. What happens in between is not kept for it; what waited and has
 * not fallen due yet goes on. Asking for what is already so changes nothing. Undefined when the actor can reach no such
 * endpoint.
 */
export function switchEndpoint(
  gateway: Gateway,
  actor: Actor,
  id: string,
  to: "enabled" | "disabled",
): Promise<Endpoint | undefined> {
  return changingEndpoint(gateway, actor, id, async (tx, found) => {
    if (found.status === to) return found;
    const now = gateway.clock.now();
    const on = {
      status: "enabled",
      disabledReason: null,
      disabledAt: null,
      failingSince: null,
      updatedAt: now,
    } as const;
    const next: Endpoint = to === "enabled" ? { ...found, ...on } : disabled(found, "requested", now);
    await updateEndpoint(tx, next);
    const action = `webhook_endpoint.${to}` as const;
    await recordEndpointChange(gateway, tx, actor, next, { action, type: action, before: found });
    return next;
  });
}

/** Takes an endpoint away. The row stays, because deliveries name it, and is shown to nobody. Undefined as above. */
export function deleteEndpoint(gateway: Gateway, actor: Actor, id: string): Promise<Endpoint | undefined> {
  return changingEndpoint(gateway, actor, id, async (tx, found) => {
    const now = gateway.clock.now();
    const off = { status: "deleted", disabledReason: null, disabledAt: null, updatedAt: now, deletedAt: now } as const;
    const next: Endpoint = { ...found, ...off };
    await updateEndpoint(tx, next);
    const fact = { action: "webhook_endpoint.deleted", type: "webhook_endpoint.deleted", before: found } as const;
    await recordEndpointChange(gateway, tx, actor, next, fact);
    return next;
  });
}
