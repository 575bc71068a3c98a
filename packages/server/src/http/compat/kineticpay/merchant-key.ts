import type { FastifyReply, FastifyRequest } from "fastify";
import type { Gateway } from "../../../gateway.ts";
import type { Scope } from "../../../merchants/api-keys.ts";
import { orThrow, presentedMerchantKey, verifyMerchantKey } from "../../../merchants/authenticate.ts";
import type { Caller } from "../../../merchants/caller.ts";
import { admit } from "../../admit.ts";
import { askerOf, presentedKey, verified } from "../../limit-calls.ts";
import type { WireFields } from "./read-fields.ts";

/** The merchant key as it was sent, undefined when none was. It is opaque, so a number is a key like any other. */
export function merchantKeyOf(fields: WireFields): string | undefined {
  const value = fields.get("merchant_key");
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value.trim() : undefined;
}

/**
 * Establishes whose merchant key came with a call, and lets it in.
 * @throws GatewayError key_missing, key_invalid, key_revoked, key_expired, api_not_enabled, ip_not_allowed, rate_exceeded,
 *   concurrency_exceeded, scope_missing
 */
export async function enterMerchant(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  fields: WireFields,
  scope: Scope,
): Promise<Caller> {
  const asker = askerOf(request, reply);
  const key = presentedKey(gateway, asker, presentedMerchantKey(merchantKeyOf(fields)));
  if (typeof key !== "string") throw key;
  const caller = orThrow(await verified(gateway, asker, key, verifyMerchantKey));
  const refusal = await admit(gateway, request, reply, caller, { scope });
  if (refusal !== undefined) throw refusal;
  return caller;
}
