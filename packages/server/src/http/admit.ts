import type { FastifyReply, FastifyRequest } from "fastify";
import type { Gateway } from "../gateway.ts";
import type { Scope } from "../merchants/api-keys.ts";
import type { Caller } from "../merchants/caller.ts";
import { requireOpen, requireScope } from "../merchants/require-access.ts";
import { onward, type Soon } from "../seams/at-once.ts";
import { clientAddress } from "./client-address.ts";
import { applyFault } from "./faults/rehearse-faults.ts";
import { countCall } from "./limit-calls.ts";

/**
 * Lets a verified key in, or says why not, in the order of the error contract: switch, allow-lists, limits, scope; in
 * the sandbox, last, the fault that is asked for.
 * @throws GatewayError api_not_enabled, ip_not_allowed, rate_exceeded, concurrency_exceeded, scope_missing
 */
export function admit(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  caller: Caller,
  needs: { readonly scope: Scope | undefined; readonly answersDisabled?: boolean },
): Soon<void> {
  const address = clientAddress(request);
  request.verified = caller;
  if (needs.answersDisabled !== true) requireOpen(caller, address);
  gateway.keyUses.note({ keyId: caller.keyId, at: gateway.clock.now(), address });
  return onward(countCall(gateway, request, reply, caller), () => {
    requireScope(caller, needs.scope);
    return applyFault(gateway, request, reply, caller);
  });
}
