import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { listAllows } from "./address-range.ts";
import type { Scope } from "./api-keys.ts";
import type { Caller } from "./caller.ts";

/** Whether calls of this key from this address are let in by both lists. */
export function isAddressAllowed(caller: Caller, address: string): boolean {
  return listAllows(caller.keyAllowList, address) && listAllows(caller.collectionAllowList, address);
}

/**
 * Whether the key may be used at all, now and from there.
 * @param address where the call came from
 * @throws GatewayError api_not_enabled, ip_not_allowed
 */
export function requireOpen(caller: Caller, address: string): void {
  if (!caller.apiEnabled) {
    throw new GatewayError("api_not_enabled", { meta: { key: caller.keyHint, collection: caller.collectionId } });
  }
  if (isAddressAllowed(caller, address)) return;
  const byKey = !listAllows(caller.keyAllowList, address);
  throw new GatewayError("ip_not_allowed", {
    meta: {
      key: caller.keyHint,
      address,
      list: byKey ? "key" : "collection",
      object: byKey ? caller.keyId : caller.collectionId,
    },
  });
}

/** @throws GatewayError scope_missing */
export function requireScope(caller: Caller, needed: Scope | undefined): void {
  if (needed !== undefined && !caller.scopes.includes(needed)) {
    throw new GatewayError("scope_missing", { meta: { key: caller.keyHint, needed, scopes: caller.scopes } });
  }
}
