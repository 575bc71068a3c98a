import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { shownText } from "@kineticpay/contract/shown-text";
import type { FastifyRequest } from "fastify";
import type { Actor } from "../merchants/audit-log.ts";
import type { Caller } from "../merchants/caller.ts";
import { clientAddress } from "./client-address.ts";

/** Who makes a change over the API, for the audit log and for how far it may reach. */
export function actorOf(call: { readonly caller: Caller; readonly request: FastifyRequest }): Actor {
  const { keyId, merchantId, collectionId } = call.caller;
  return { kind: "key", keyId, merchantId, collectionId, address: clientAddress(call.request) };
}

/**
 * What was found for an id, or the one answer for everything that was not: another merchant's object is exactly as
 * missing as one that does not exist.
 * @throws GatewayError resource_missing
 */
export function orMissing<T>(found: T | undefined, resource: string, id: string): T {
  if (found !== undefined) return found;
  throw new GatewayError("resource_missing", { meta: { resource, id: shownText(id), nearest: "" } });
}
