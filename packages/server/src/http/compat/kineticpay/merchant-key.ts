import type { FastifyReply, FastifyRequest } from "fastify";
import type { Gateway } from "../../../gateway.ts";
import { presentedMerchantKey, verifyMerchantKey } from "../../../merchants/authenticate.ts";
import type { Caller } from "../../../merchants/caller.ts";
import { presentedKey, verified } from "../../limit-calls.ts";
import type { WireFields } from "./read-fields.ts";

/** The merchant key as it was sent, undefined when none was. It is opaque, so a number is a key like any other. */
export function merchantKeyOf(fields: WireFields): string | undefined {
  const value = fields.get("merchant_key");
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value.trim() : undefined;
}

/**
 * Establishes whose merchant key came with a call.
 * @throws GatewayError key_missing, key_invalid, key_revoked, key_expired, rate_exceeded
 */
export async function verifiedMerchant(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  fields: WireFields,
): Promise<Caller> {
  const key = presentedKey(gateway, request, reply, presentedMerchantKey(merchantKeyOf(fields)));
  if (typeof key !== "string") throw key;
  return verified(gateway, request, reply, key, verifyMerchantKey);
}
