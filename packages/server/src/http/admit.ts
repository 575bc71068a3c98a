import type { GatewayError } from "@kineticpay/contract/errors/gateway-error";
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
 * the sandbox, last, the fault that is asked for. What comes in floods is given and not thrown.
 * @returns rate_exceeded or concurrency_exceeded, if it is one of these
 * @throws GatewayError api_not_enabled, ip_not_allowed, scope_missing
 */
export function admit(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  caller: Caller,
  needs: { readonly scope: Scope | undefined; readonly answersDisabled?: boolean },
): Soon<GatewayError | undefined> {
  const address = clientAddress(request);
  request.verified = caller;
  if (needs.answersDisabled !== true) requireOpen(caller, address);
  gateway.keyUses.note({ keyId: caller.keyId, at: gateway.clock.now(), address });
  return onward(countCall(gateway, request, reply, caller), (refusal) => {
    if (refusal !== undefined) return refusal;
    requireScope(caller, needs.scope);
    return onward(applyFault(gateway, request, reply, caller), () => undefined);
  });
}
