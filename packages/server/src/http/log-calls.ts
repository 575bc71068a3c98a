import type { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Gateway } from "../gateway.ts";
import type { Caller } from "../merchants/caller.ts";
import { hintOfKey } from "../merchants/key-format.ts";
import type { LoggedCall, PresentedKey } from "../request-log/logged-call.ts";
import type { RequestLog } from "../request-log/request-log.ts";
import { protocolOf } from "./call-path.ts";
import { clientAddress } from "./client-address.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Whose key it is, as soon as that is verified, whether or not the key is then let in. */
    verified: Caller | null;
    /** What was sent, where that is not the parsed body: the text of a broken one, or the wire protocol's fields. */
    sent: unknown;
    /** The error that the call was answered with. */
    failure: GatewayError | null;
    startedMs: number;
  }
  interface FastifyInstance {
    requestLog: RequestLog;
  }
}

const shutdownTimeoutMs = 2_000;

function keyOfHeader(authorization: string): string {
  const credentials = /^[A-Za-z]+ +(\S+)$/.exec(authorization.trim())?.[1] ?? authorization;
  if (!/^basic /i.test(authorization.trim())) return credentials;
  return Buffer.from(credentials, "base64").toString("utf8").split(":")[0] ?? "";
}

/** What came as a key: known to the log so that it can be kept out of it, and to find whose it is. */
function presentedKey(protocol: LoggedCall["protocol"], request: FastifyRequest): PresentedKey | undefined {
  const header = request.headers.authorization;
  if (protocol === "v2") {
    if (header === undefined || header.trim() === "") return undefined;
    const text = keyOfHeader(header);
    return text === "" ? undefined : { kind: "api_key", text, hint: request.verified?.keyHint ?? hintOfKey(text) };
  }
  const sent = request.sent instanceof Map ? request.sent.get("merchant_key") : undefined;
  const text = typeof sent === "number" ? String(sent) : typeof sent === "string" ? sent.trim() : "";
  return text === "" ? undefined : { kind: "merchant_key", text, hint: hintOfKey(text) };
}

function bodyOf(request: FastifyRequest): unknown {
  if (request.sent instanceof Map) return Object.fromEntries(request.sent);
  return request.sent ?? request.body;
}

function describe(
  protocol: LoggedCall["protocol"],
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  at: Date,
): LoggedCall {
  const [path = "", ...query] = request.url.split("?");
  const caller = request.verified;
  return {
    id: request.id,
    at,
    durationMs: performance.now() - request.startedMs,
    protocol,
    method: request.method,
    route: request.routeOptions.url ?? "",
    path,
    query: query.join("?"),
    address: clientAddress(request),
    owner:
      caller === null
        ? undefined
        : { merchantId: caller.merchantId, collectionId: caller.collectionId, keyId: caller.keyId },
    key: presentedKey(protocol, request),
    body: bodyOf(request),
    bodyBytes: Number(request.headers["content-length"] ?? 0) || 0,
    status: reply.statusCode,
    failure: request.failure ?? undefined,
    rehearsed: request.fault !== null,
    answer: request.failure === null && typeof payload === "string" ? payload : undefined,
  };
}

/** Notes what was refused before it became a request that any route or hook could see. */
export function logUnreadable(
  gateway: Gateway,
  requestLog: RequestLog,
  call: { readonly id: string; readonly address: string; readonly failure: GatewayError },
): void {
  if (gateway.config.requestLogDays === 0) return;
  const nothing = { method: "", route: "", path: "", query: "", body: undefined, bodyBytes: 0, durationMs: 0 };
  requestLog.record({
    ...call,
    ...nothing,
    at: gateway.clock.now(),
    protocol: "v2",
    owner: undefined,
    key: undefined,
    status: call.failure.status,
    rehearsed: false,
    answer: undefined,
  });
}

/** Notes a call of the APIs, just before its answer leaves; never fails. */
export function noteCall(gateway: Gateway, request: FastifyRequest, reply: FastifyReply, payload: unknown): void {
  const protocol = gateway.config.requestLogDays === 0 ? undefined : protocolOf(request.url);
  if (protocol === undefined) return;
  const isFlood = request.verified === null || request.failure?.code === "rate_exceeded";
  const { requestLog } = request.server;
  try {
    requestLog.offer(isFlood, () => describe(protocol, request, reply, payload, gateway.clock.now()));
  } catch (error) {
    gateway.log.warn({ err: error, request: request.id }, "a call could not be noted for the request log");
  }
}

/** Notes every call of the APIs for the request log. */
export function logCalls(app: FastifyInstance, gateway: Gateway, requestLog: RequestLog): void {
  app.decorate("requestLog", requestLog);
  app.decorateRequest("verified", null);
  app.decorateRequest("sent", undefined);
  app.decorateRequest("failure", null);
  app.decorateRequest("startedMs", 0);
  if (gateway.config.requestLogDays === 0) return;
  app.addHook("onSend", (request, reply, payload, done) => {
    noteCall(gateway, request, reply, payload);
    done(null, payload);
  });
  app.addHook("onClose", () => requestLog.close(shutdownTimeoutMs));
}
