import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { idPrefixes } from "@kineticpay/contract/ids";
import type { FastifyRequest } from "fastify";
import type { Actor } from "../merchants/audit-log.ts";
import type { Caller } from "../merchants/caller.ts";
import { hintOfKey } from "../merchants/key-format.ts";
import { clientAddress } from "./client-address.ts";

/** A checkout's id is a secret, and is in no path of the API. */
const { checkout: _, ...shownPrefixes } = idPrefixes;
/** Something that was meant as an id. What is in its place otherwise may be a key, which must not be shown. */
const idForm = new RegExp(`^(${Object.values(shownPrefixes).join("|")})_[0-9A-Za-z]{0,40}$`);

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
  const shown = idForm.test(id) ? id : hintOfKey(id);
  throw new GatewayError("resource_missing", { meta: { resource, id: shown, nearest: "" } });
}
