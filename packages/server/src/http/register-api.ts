import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Gateway } from "../gateway.ts";
import { authenticate, type Caller, requireAccess } from "../merchants/authenticate.ts";
import { readJson } from "./read-json.ts";
import type { Call, Route } from "./route.ts";
import { routes } from "./routes/index.ts";

declare module "fastify" {
  interface FastifyRequest {
    caller: Caller | null;
  }
}

function schemaOf(route: Route) {
  return {
    ...(route.params === undefined ? {} : { params: route.params }),
    ...(route.query === undefined ? {} : { querystring: route.query }),
    ...(route.body === undefined ? {} : { body: route.body }),
    response: { 200: route.answer },
  };
}

function register(api: FastifyInstance, gateway: Gateway, route: Route): void {
  api.route({
    method: route.method,
    url: route.url,
    schema: schemaOf(route),
    // Before the body is read: who may not call has nothing parsed for them.
    onRequest: async (request) => {
      const caller = await authenticate(gateway, request.headers.authorization);
      if (route.answersDisabled !== true) requireAccess(caller, route.scope);
      request.caller = caller;
    },
    handler: async (request) => {
      if (request.caller === null) throw new Error("a route was reached without a caller");
      const call: Call<unknown, unknown, unknown> = {
        gateway,
        caller: request.caller,
        params: request.params,
        query: request.query,
        body: request.body,
        request,
      };
      return route.handle(call);
    },
  });
}

/** The v2 API: JSON in, JSON out, one schema per route. */
export function registerApi(app: FastifyInstance, gateway: Gateway): void {
  void app.register(async (api) => {
    api.decorateRequest("caller", null);
    api.removeAllContentTypeParsers();
    api.addContentTypeParser(
      "application/json",
      { parseAs: "string" },
      async (request: FastifyRequest, body: string | Buffer) => {
        const text = body.toString();
        // Clients that always name a content type send it with an empty body too, where none is needed.
        const needsBody = request.routeOptions.schema?.body !== undefined;
        return text === "" && !needsBody ? undefined : readJson(text);
      },
    );
    for (const route of routes) register(api, gateway, route);
  });
}
