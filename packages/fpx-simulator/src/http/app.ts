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

interface Fault {
  readonly path: string;
  readonly message: string;
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
  if (error.validation === undefined) return refuse(request, reply, 400, "request_malformed", error.message);
  // An `if` that does not hold is told already by the fault that made it so.
  const told = error.validation.filter(({ keyword }) => keyword !== "if");
  const faults = told.map(({ instancePath, params, message }): Fault => {
    const member = params["missingProperty"] ?? params["additionalProperty"];
    const path = typeof member === "string" ? `${instancePath}/${member}` : instancePath;
    return { path, message: message ?? "is not acceptable" };
  });
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
