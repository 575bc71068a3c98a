import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { FastifyRequest } from "fastify";
import { DatabaseUnavailable } from "../seams/database-unavailable.ts";
import { FieldsRefused, fieldFaults } from "./field-faults.ts";

export const bodyLimitBytes = 64 * 1024;

/** How a fault that the HTTP framework found is told in the words of the catalogue. */
function fromFramework(code: string, error: Error, request: FastifyRequest): GatewayError | undefined {
  switch (code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return new GatewayError("body_too_large", { meta: { limit_bytes: bodyLimitBytes } });
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return new GatewayError("media_type_unsupported", {
        meta: { received: (request.headers["content-type"] ?? "").slice(0, 80), accepted: ["application/json"] },
      });
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return new GatewayError("http_malformed", { meta: { detail: "the body's length differs from Content-Length" } });
    case "FST_ERR_BAD_URL":
      return new GatewayError("http_malformed", { meta: { detail: "the path holds a broken percent sign" } });
    default:
      return error instanceof SyntaxError
        ? new GatewayError("json_malformed", { meta: { at: error.message.slice(0, 120) } })
        : undefined;
  }
}

/** Turns whatever was thrown into one of the catalogue's errors; what nobody foresaw becomes `internal_error`. */
export function asGatewayError(thrown: unknown, request: FastifyRequest): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  if (thrown instanceof DatabaseUnavailable)
    return new GatewayError("database_unavailable", { meta: {}, cause: thrown });
  if (thrown instanceof FieldsRefused) {
    const fields = fieldFaults(thrown, request);
    return new GatewayError("fields_invalid", {
      meta: { count: fields.length, paths: fields.map((field) => field.path) },
      fields,
    });
  }
  const code = (thrown as { code?: unknown } | null)?.code;
  const known =
    thrown instanceof Error ? fromFramework(typeof code === "string" ? code : "", thrown, request) : undefined;
  return known ?? new GatewayError("internal_error", { meta: {}, cause: thrown });
}
