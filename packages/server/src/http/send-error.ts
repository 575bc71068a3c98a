import { errorBody } from "@kineticpay/contract/errors/error-body";
import type { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Gateway } from "../gateway.ts";
import { publicUrl } from "../payments/payment-view.ts";

/** Where the page of each error code lives. */
export function docsUrl(gateway: Gateway): string {
  return gateway.config.docsUrl ?? `${publicUrl(gateway)}/docs/errors`;
}

/**
 * A failure in the contract's form; as `application/problem+json` (RFC 9457) for a client that asks for that.
 * @param extra members that a partner's protocol adds at the top level
 */
export function failureAnswer(
  gateway: Gateway,
  request: FastifyRequest,
  error: GatewayError,
  extra: Readonly<Record<string, unknown>> = {},
): { contentType: string; body: string } {
  const body = errorBody(error, request.id, docsUrl(gateway));
  const asProblem = request.headers.accept?.includes("application/problem+json") === true;
  const shown = asProblem ? { ...body, type: body.doc_url, title: error.type, detail: body.message } : body;
  return {
    contentType: asProblem ? "application/problem+json" : "application/json; charset=utf-8",
    body: JSON.stringify({ ...shown, ...extra }),
  };
}

/** Answers a failure. */
export function sendError(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  error: GatewayError,
  extra: Readonly<Record<string, unknown>> = {},
): FastifyReply {
  request.failure = error;
  const { contentType, body } = failureAnswer(gateway, request, error, extra);
  void reply.code(error.status).header("content-type", contentType);
  if (error.retryAfterS !== undefined) void reply.header("retry-after", error.retryAfterS);
  // A string is sent as it is: no route's success schema may reshape a failure.
  return reply.send(body);
}
