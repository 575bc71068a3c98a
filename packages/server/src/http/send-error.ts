import { errorBody } from "@kineticpay/contract/errors/error-body";
import { isRepeated } from "@kineticpay/contract/errors/error-memo";
import type { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Gateway } from "../gateway.ts";
import { publicUrl } from "../payments/payment-view.ts";
import { asGatewayError } from "./as-gateway-error.ts";
import { noteCall } from "./log-calls.ts";
import { preparedAnswer, writtenAnswer } from "./prepared-answer.ts";
import { supportOf } from "./support-contact.ts";

const json = "application/json; charset=utf-8";
const nothing = {};

function wantsProblem(request: FastifyRequest): boolean {
  return request.headers.accept?.includes("application/problem+json") === true;
}

const docsUrls = new WeakMap<Gateway["config"], string>();

/** Where the page of each error code lives. */
export function docsUrl(gateway: Gateway): string {
  const known = docsUrls.get(gateway.config);
  if (known !== undefined) return known;
  const url = gateway.config.docsUrl ?? `${publicUrl(gateway)}/docs/errors`;
  docsUrls.set(gateway.config, url);
  return url;
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
  const body = errorBody(error, request.id, docsUrl(gateway), supportOf(gateway.config));
  const asProblem = wantsProblem(request);
  const shown = asProblem ? { ...body, type: body.doc_url, title: error.type, detail: body.message } : body;
  return {
    contentType: asProblem ? "application/problem+json" : json,
    body: JSON.stringify({ ...shown, ...extra }),
  };
}

/** What may have been set by the time that a call is refused over and over. */
const earlyHeaders = ["ratelimit-policy", "ratelimit", "retry-after"] as const;

function headersOf(request: FastifyRequest, reply: FastifyReply, error: GatewayError, length: number): string[] {
  const headers = ["content-type", json, "content-length", String(length), "x-request-id", request.id];
  const add = (name: string, value: unknown) => {
    if (value !== undefined && name !== "x-request-id") headers.push(name, String(value));
  };
  if (isRepeated(error)) for (const name of earlyHeaders) add(name, reply.getHeader(name));
  else for (const [name, value] of Object.entries(reply.getHeaders())) add(name, value);
  return headers;
}

/** Writes a failure past the framework, which would look at every header and at the whole body again. */
function sendDirectly(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  error: GatewayError,
): FastifyReply {
  const write = isRepeated(error) ? preparedAnswer : writtenAnswer;
  const answer = write(error, request.id, docsUrl(gateway), supportOf(gateway.config));
  noteCall(gateway, request, reply, undefined);
  const headers = headersOf(request, reply, error, answer.length);
  reply.hijack();
  reply.raw.writeHead(error.status, headers);
  reply.raw.end(answer, "latin1");
  return reply;
}

/** Answers a failure. */
export function sendError(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  error: GatewayError,
  extra: Readonly<Record<string, unknown>> = nothing,
): FastifyReply {
  request.failure = error;
  void reply.code(error.status);
  if (error.retryAfterS !== undefined) void reply.header("retry-after", error.retryAfterS);
  // What is rehearsed has hooks of the framework to go through.
  if (extra === nothing && request.fault === null && !wantsProblem(request))
    return sendDirectly(gateway, request, reply, error);
  const { contentType, body } = failureAnswer(gateway, request, error, extra);
  void reply.header("content-type", contentType);
  // A string is sent as it is: no route's success schema may reshape a failure.
  return reply.send(body);
}

/** Answers whatever was thrown. What is our fault is logged; that there is too much work is told once, and not by every call. */
export function answerFailure(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  thrown: unknown,
): FastifyReply {
  const error = asGatewayError(thrown, request);
  if (error.status >= 500 && error.code !== "overloaded" && request.fault === null)
    gateway.log.error({ err: error.cause ?? error, request: request.id, code: error.code }, "a call failed");
  return sendError(gateway, request, reply, error);
}
