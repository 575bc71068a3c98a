import type { ErrorObject } from "ajv";
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { DecidingExchange } from "../decide.ts";
import type { SimulatorLog } from "../exchange.ts";
import { errorPage } from "../pages/exchange-pages.ts";
import { bankRoutes, checkerRoutes } from "./bank-routes.ts";
import { controlPaymentRoutes, controlReadRoutes, controlSetupRoutes, refuseOtherSites } from "./control-routes.ts";
import { exchangeRoutes } from "./exchange-routes.ts";
import { indexRoutes } from "./index-routes.ts";
import { lazyValidation } from "./lazy-validation.ts";
import { sendPage } from "./send-page.ts";
import { type Fault, tellFaults } from "./tell-fault.ts";

const bodyLimitBytes = 64 * 1024;
const requestTimeoutMs = 30_000;

/** Puts the exchange, its banks and its control API on one HTTP server, not yet listening. */
export function buildApp(parts: DecidingExchange): FastifyInstance {
  const app = fastify({
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  });
  app.setValidatorCompiler(lazyValidation());
  // Kept as text: the checksum covers every character, and form parsers trim, merge and reorder.
  app.removeContentTypeParser("text/plain");
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
    done(null, body),
  );
  app.addHook("onRequest", refuseOtherSites);
  app.setNotFoundHandler((request, reply) => refuse(request, reply, 404, "not_found", "Nothing is served here"));
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply, parts.exchange.log));
  indexRoutes(app, parts.exchange);
  exchangeRoutes(app, parts);
  checkerRoutes(app, parts);
  bankRoutes(app, parts);
  controlReadRoutes(app, parts);
  controlPaymentRoutes(app, parts);
  controlSetupRoutes(app, parts);
  return app;
}

/** Undefined for a body that is JSON; otherwise in which form it came, and how it has to come. */
function notJson(request: FastifyRequest): string | undefined {
  const type = request.headers["content-type"];
  if (type !== undefined && /\bjson\b/i.test(type)) return undefined;
  const came = type === undefined ? "without a Content-Type" : `as ${type.slice(0, 80)}`;
  return `The body came ${came}, and must be JSON: send it with the header Content-Type: application/json`;
}

function answerError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  log: SimulatorLog,
): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status >= 500) {
    log.error({ err: error, path: request.routeOptions.url }, "the simulator failed to answer");
    return refuse(request, reply, 500, "internal_error", "The simulator failed; its log says why");
  }
  const isControl = request.url.startsWith("/_control");
  const unread = isControl && (error.validation !== undefined || status === 415) ? notJson(request) : undefined;
  if (unread !== undefined) return refuse(request, reply, 400, "request_malformed", unread);
  if (error.validation === undefined) return refuse(request, reply, 400, "request_malformed", error.message);
  const faults = tellFaults(error.validation as ErrorObject[]);
  return refuse(request, reply, 400, "fields_invalid", "Some members are not acceptable", faults);
}

/** Says no in the way the caller expects: JSON to programs, the bare `ERROR` to gateways, a page to people. */
function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  error: string,
  message: string,
  faults: readonly Fault[] = [],
): FastifyReply {
  if (request.url.startsWith("/_control")) return reply.code(status).send({ error, message, faults });
  const isEnquiry = /^\/FPXMain\/(RetrieveBankList|sellerNVPTxnStatus\.jsp)/.test(request.url);
  if (isEnquiry) return reply.code(200).type("text/html; charset=UTF-8").send("ERROR\r\n");
  return sendPage(reply, errorPage("FPX cannot answer this", message), status);
}
