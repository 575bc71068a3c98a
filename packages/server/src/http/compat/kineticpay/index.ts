import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { shownPath } from "@kineticpay/contract/shown-text";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Gateway } from "../../../gateway.ts";
import { asGatewayError } from "../../as-gateway-error.ts";
import { pathOf } from "../../call-path.ts";
import { inItsPlace } from "../../limit-calls.ts";
import { allowedMethods, nearestPath, type RouteIndex, rememberRoutes } from "../../route-index.ts";
import { sendError } from "../../send-error.ts";
import { createWirePayment } from "./create.ts";
import { errorLists } from "./error-lists.ts";
import { fieldsOfBody, fieldsOfQuery, joinFields, readText, type WireFields } from "./read-fields.ts";
import { readWireStatus } from "./status.ts";

/** The header as it arrived, before the framework was kept from judging it. */
function contentTypeOf(request: FastifyRequest): string {
  const { rawHeaders } = request.raw;
  const index = rawHeaders.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === "content-type");
  return (index === -1 ? undefined : rawHeaders[index + 1])?.trim() ?? "";
}

async function bodyOf(request: FastifyRequest): Promise<WireFields> {
  return fieldsOfBody(await readText(request.raw), contentTypeOf(request));
}

/** Status is asked in the query string, with whatever body beside it; the body counts only where the query falls short. */
async function statusFields(request: FastifyRequest): Promise<WireFields> {
  const query = fieldsOfQuery(request.url);
  if ((query.get("merchant_key") ?? "") !== "" && (query.get("invoice") ?? "") !== "") return query;
  return joinFields(query, await bodyOf(request));
}

function answerFailure(gateway: Gateway, request: FastifyRequest, reply: FastifyReply, thrown: unknown): FastifyReply {
  const error = asGatewayError(thrown, request);
  if (error.status >= 500 && error.code !== "overloaded" && request.fault === null) {
    gateway.log.error({ err: error.cause ?? error, request: request.id, code: error.code }, "a call failed");
  }
  // What is left of a body that is too large must not be taken for the next request.
  if (error.code === "body_too_large") void reply.header("connection", "close");
  return sendError(gateway, request, reply, error, { error: errorLists(error) });
}

/** The query string stays out of it: there stands the merchant key. */
function notFound(index: RouteIndex, request: FastifyRequest): GatewayError {
  const asked = pathOf(request.url).slice(0, 200);
  const path = shownPath(asked);
  const method = request.method;
  const allowed = allowedMethods(index, asked);
  return allowed.length > 0
    ? new GatewayError("method_unknown", { meta: { method, path, allowed } })
    : new GatewayError("route_unknown", { meta: { method, path, nearest: nearestPath(index, asked) } });
}

/**
 * Version 1 of the KineticPay wire protocol, as the shops in the field speak it. It reads bodies itself: the framework
 * would refuse what these shops send, a GET with a body, a form called JSON, or a content type that is none.
 */
export function registerWire(app: FastifyInstance, gateway: Gateway): void {
  void app.register(
    async (wire) => {
      const index = rememberRoutes(wire);
      wire.removeAllContentTypeParsers();
      wire.addContentTypeParser("*", (_request, _payload, done) => done(null));
      wire.addHook("onRequest", async (request) => {
        request.raw.headers["content-type"] = "application/octet-stream";
      });
      wire.setErrorHandler((thrown, request, reply) => answerFailure(gateway, request, reply, thrown));
      wire.setNotFoundHandler((request, reply) => answerFailure(gateway, request, reply, notFound(index, request)));
      const noted = (request: FastifyRequest, fields: WireFields) => {
        request.sent = fields;
        return fields;
      };
      const status = (request: FastifyRequest, reply: FastifyReply) =>
        inItsPlace(request, async () =>
          readWireStatus(gateway, request, reply, noted(request, await statusFields(request))),
        );
      wire.get("/status", status);
      wire.post("/status", status);
      wire.post("/create", (request, reply) =>
        inItsPlace(request, async () => {
          const fields = noted(request, joinFields(await bodyOf(request), fieldsOfQuery(request.url)));
          return createWirePayment(gateway, request, reply, fields);
        }),
      );
    },
    { prefix: "/payment" },
  );
}
