import type { FastifyRequest } from "fastify";
import type { Gateway } from "../gateway.ts";
import type { Scope } from "../merchants/api-keys.ts";
import type { Caller } from "../merchants/authenticate.ts";
import { requireOpen, requireScope } from "../merchants/require-access.ts";
import { clientAddress } from "./client-address.ts";

/**
 * Lets a verified key in, or says why not, in the order of the error contract: switch, allow-lists, scope.
 * @throws GatewayError api_not_enabled, ip_not_allowed, scope_missing
 */
export async function admit(
  gateway: Gateway,
  request: FastifyRequest,
  caller: Caller,
  needs: { readonly scope: Scope | undefined; readonly answersDisabled?: boolean },
): Promise<void> {
  const address = clientAddress(request);
  if (needs.answersDisabled !== true) requireOpen(caller, address);
  gateway.keyUses.note({ keyId: caller.keyId, at: gateway.clock.now(), address });
  // The limits of a key belong here: after what cannot change within the second, before what the call asks for.
  requireScope(caller, needs.scope);
}
