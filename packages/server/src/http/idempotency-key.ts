import type { FieldFault } from "@kineticpay/contract/errors/field-fault";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { FastifyRequest } from "fastify";
import type { Route } from "./route.ts";

export const idempotencyHeader = "Idempotency-Key";
export const replayedHeader = "Idempotency-Replayed";
export const longestKey = 255;
export const keyForm = `one line of 1 to ${longestKey} printable ASCII characters, such as a UUID, a new one for each thing that you want done`;

/** Calls that can be repeated under a key. What is read, and what is replaced whole, can be repeated anyway. */
export function takesKey(route: Pick<Route, "method">): boolean {
  return route.method === "POST" || route.method === "PATCH";
}

/** The value is not repeated: it may hold anything. */
function refusal(message: string): GatewayError {
  const field: FieldFault = { path: idempotencyHeader, code: "field_invalid", message, expected: keyForm };
  return new GatewayError("fields_invalid", { meta: { count: 1, paths: [idempotencyHeader] }, fields: [field] });
}

/**
 * The key that a call came with, if any, exactly as it was sent.
 * @throws GatewayError fields_invalid, naming the header
 */
export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  if (request.headers["idempotency-key"] === undefined) return undefined;
  const sent = request.raw.headersDistinct["idempotency-key"] ?? [];
  const [key = ""] = sent;
  if (sent.length > 1) throw refusal(`${idempotencyHeader} came ${sent.length} times.`);
  if (key === "") throw refusal(`${idempotencyHeader} is empty.`);
  if (key.length > longestKey) throw refusal(`${idempotencyHeader} is longer than ${longestKey} characters.`);
  if (!/^[\x20-\x7e]+$/.test(key)) throw refusal(`${idempotencyHeader} holds something that is not printable ASCII.`);
  return key;
}
