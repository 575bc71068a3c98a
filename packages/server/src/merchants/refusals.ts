import type { FieldFault } from "@kineticpay/contract/errors/field-fault";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { Actor } from "./audit-log.ts";

/** A fault of one field that only the data behind the call shows. */
export function fieldRefusal(fault: FieldFault): GatewayError {
  return new GatewayError("fields_invalid", { meta: { count: 1, paths: [fault.path] }, fields: [fault] });
}

/**
 * Keeps a caller from shutting the own key out by mistake. Whoever means it says so with `force`; an operator at the
 * command line cannot be shut out.
 * @param consequence what would happen, as the end of a sentence
 * @throws GatewayError fields_invalid at /force
 */
export function refuseLockOut(actor: Actor, force: boolean, locksOut: boolean, consequence: string): void {
  if (actor.kind !== "key" || force || !locksOut) return;
  throw fieldRefusal({
    path: "/force",
    code: "field_missing",
    message: `This would shut out the key that makes this call: ${consequence}. Nothing was changed.`,
    expected: "true, if that is meant; otherwise make the change with another key",
  });
}

/** @throws GatewayError fields_invalid at /expires_at */
export function requireFuture(expiresAt: Date | null | undefined, now: Date): void {
  if (expiresAt === null || expiresAt === undefined || expiresAt > now) return;
  throw fieldRefusal({
    path: "/expires_at",
    code: "field_out_of_range",
    message: `/expires_at is ${expiresAt.toISOString()}, which has passed: it is ${now.toISOString()}.`,
    expected: "a time to come, or null for a key that does not expire",
  });
}

/** @throws GatewayError fields_invalid at /scopes */
export function requireFitting(kind: string, scopes: readonly string[] | undefined): void {
  if (kind !== "merchant_key" || scopes?.includes("manage") !== true) return;
  throw fieldRefusal({
    path: "/scopes",
    code: "field_invalid",
    message: "/scopes holds manage, which a merchant key cannot have: it travels in forms, and serves payments alone.",
    expected: "payments:read, payments:write or both",
  });
}
