import type { FastifyReply, FastifyRequest } from "fastify";
import type { Gateway } from "../gateway.ts";
import type { Scope } from "../merchants/api-keys.ts";
import { requireOpen, requireScope } from "../merchants/require-access.ts";
import { clientAddress } from "./client-address.ts";
import { applyFault } from "./faults/rehearse-faults.ts";
import { countCall, type Verified } from "./limit-calls.ts";

/**
 * Lets a verified key in, or says why not, in the order of the error contract: switch, allow-lists, limits, scope; in
 * the sandbox, last, the fault that is asked for.
 * @throws GatewayError api_not_enabled, ip_not_allowed, rate_exceeded, concurrency_exceeded, scope_missing
 */
export async function admit(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  verified: Verified,
  needs: { readonly scope: Scope | undefined; readonly answersDisabled?: boolean },
): Promise<void> {
  const { caller } = verified;
  const address = clientAddress(request);
  request.verified = caller;
  if (needs.answersDisabled !== true) requireOpen(caller, address);
  gateway.keyUses.note({ keyId: caller.keyId, at: gateway.clock.now(), address });
  await countCall(gateway, request, reply, verified);
  requireScope(caller, needs.scope);
  await applyFault(gateway, request, reply, caller);
}
