import { createErrorMemo, type ErrorMemo } from "@kineticpay/contract/errors/error-memo";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { newId } from "@kineticpay/contract/ids";
import { shownPath } from "@kineticpay/contract/shown-text";
import fastify, {
  type FastifyHttpOptions,
  type FastifyInstance,
  type FastifyRequest,
  type RawServerDefault,
} from "fastify";
import type { Gateway } from "../gateway.ts";
import { createRequestLog, defaultLimits, type RequestLog } from "../request-log/request-log.ts";
import { asGatewayError, bodyLimitBytes } from "./as-gateway-error.ts";
import { isWirePath, pathOf } from "./call-path.ts";
import { registerCheckout } from "./checkout/index.ts";
import { clientAddress } from "./client-address.ts";
import {
  answerClientError,
  answerExpectation,
  headersTimeoutMs,
  noteExchanges,
  requestTimeoutMs,
} from "./client-error.ts";
import { errorLists } from "./compat/kineticpay/error-lists.ts";
import { registerWire } from "./compat/kineticpay/index.ts";
import { registerDocs } from "./docs/index.ts";
import { loseAnswers, rehearseFaults } from "./faults/rehearse-faults.ts";
import { FieldsRefused } from "./field-faults.ts";
import { formats } from "./formats.ts";
import { registerFpxDirect } from "./fpx-direct.ts";
import { registerHealth } from "./health.ts";
import { createKnownPaths } from "./known-paths.ts";
import { logCalls, logUnreadable } from "./log-calls.ts";
import { registerOpenapi } from "./openapi/index.ts";
import { refuseEarly } from "./refuse-early.ts";
import { registerApi } from "./register-api.ts";
import { allowedMethods, nearestPath, type RouteIndex, rememberRoutes } from "./route-index.ts";
import { answerFailure, sendError } from "./send-error.ts";
import { shedLoad } from "./shed-load.ts";

/** A 404 that tells a wrong path from a wrong method, and names what would have been right. */
function notFound(index: RouteIndex, repeated: ErrorMemo, request: FastifyRequest): GatewayError {
  const asked = pathOf(request.url).slice(0, 200);
  const { method } = request;
  return repeated(`${method} ${asked}`, () => {
    const path = shownPath(asked);
    const allowed = allowedMethods(index, asked);
    return allowed.length > 0
      ? new GatewayError("method_unknown", { meta: { method, path, allowed } })
      : new GatewayError("route_unknown", { meta: { method, path, nearest: nearestPath(index, asked) } });
  });
}

/** RFC 9112 §3.2: a request without a Host header is refused. */
function requireHost(request: FastifyRequest): GatewayError | undefined {
  if (request.headers.host !== undefined || request.raw.httpVersion === "1.0") return undefined;
  return new GatewayError("http_malformed", { meta: { detail: "the Host header is missing" } });
}

/** How Fastify is set up, down to what answers before any route is reached. */
function serverOptions(gateway: Gateway, requestLog: RequestLog): FastifyHttpOptions<RawServerDefault> {
  return {
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    // Node would refuse a missing Host in words of its own; see `requireHost`.
    http: { headersTimeout: headersTimeoutMs, connectionsCheckingInterval: 1_000, requireHostHeader: false },
    genReqId: () => newId("request", gateway.clock.now().getTime(), gateway.random.bytes(10)),
    requestIdHeader: false,
    // No route matches parameters by a pattern, so a long one costs nothing; each route says itself what it is missing.
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 16 * 1024 },
    // Only these may name another address than their own; a header from anybody else is not read.
    trustProxy: gateway.config.trustedProxies.length > 0 ? [...gateway.config.trustedProxies] : false,
    forceCloseConnections: "idle",
    return503OnClosing: false,
    exposeHeadRoutes: false,
    schemaErrorFormatter: (faults, part) => new FieldsRefused(faults, part),
    ajv: {
      customOptions: {
        allErrors: true,
        allowUnionTypes: true,
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        verbose: true,
        formats,
      },
    },
    clientErrorHandler: (error, socket) => answerClientError(gateway, requestLog, error, socket),
    frameworkErrors: (error, request, reply) => {
      void reply.header("x-request-id", request.id);
      const fault = asGatewayError(error, request);
      logUnreadable(gateway, requestLog, { id: request.id, address: clientAddress(request), failure: fault });
      void sendError(gateway, request, reply, fault, isWirePath(request.url) ? { error: errorLists(fault) } : {});
    },
  };
}

/**
 * Where nothing else is said, a body is not looked at: an address that does not exist is told so, whatever was sent there.
 * Node drains what is left unread.
 */
function ignoreBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null, undefined));
}

/** What merchants, buyers and the bank network call; a process that only works in the background answers none of it. */
function registerCalls(app: FastifyInstance, gateway: Gateway): void {
  registerApi(app, gateway);
  registerFpxDirect(app, gateway);
  registerWire(app, gateway);
  registerCheckout(app, gateway);
  registerDocs(app);
  registerOpenapi(app, gateway);
}

/** The gateway's HTTP side: API, wire protocol, checkout, bank callbacks and health, all answering by the one contract. */
export function buildApp(gateway: Gateway): FastifyInstance {
  const perSecond = gateway.config.requestLogPerS;
  const requestLog = createRequestLog(gateway, {
    ...defaultLimits,
    callsPerSecond: perSecond,
    callsAtOnce: perSecond * 5,
  });
  const app = fastify(serverOptions(gateway, requestLog));
  rehearseFaults(app, gateway);
  logCalls(app, gateway, requestLog);
  loseAnswers(app);
  const index = rememberRoutes(app);
  app.decorate("isDraining", false);
  app.decorate("knownPaths", createKnownPaths());
  app.decorateRequest("leavePlace", null);
  app.decorateRequest("isWorkedOn", false);
  app.addHook("onRequest", (request, reply, done) => {
    request.startedMs = performance.now();
    void reply.header("x-request-id", request.id);
    done(requireHost(request) ?? shedLoad(gateway, request));
  });
  app.setErrorHandler((thrown, request, reply) => void answerFailure(gateway, request, reply, thrown));
  const repeated = createErrorMemo();
  app.setNotFoundHandler((request, reply) => {
    const error = notFound(index, repeated, request);
    app.knownPaths.noteMissing(request.method, request.url, error);
    void sendError(gateway, request, reply, error);
  });
  ignoreBodies(app);
  app.server.on("checkExpectation", (_request, response) => answerExpectation(gateway, requestLog, response));
  registerHealth(app, gateway);
  if (gateway.config.role !== "worker") registerCalls(app, gateway);
  refuseEarly(app, gateway);
  noteExchanges(app.server);
  return app;
}
