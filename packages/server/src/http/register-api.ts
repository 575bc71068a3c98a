import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { closed, oneOf, type Schema } from "@kineticpay/contract/json-schema";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Gateway } from "../gateway.ts";
import { type AnswerOnce, createAnswerOnce } from "../idempotency/answer-once.ts";
import { presentedApiKey, verifyApiKey } from "../merchants/authenticate.ts";
import type { Caller } from "../merchants/caller.ts";
import { rehearse } from "../rehearse.ts";
import { onward, type Soon } from "../seams/at-once.ts";
import { admit } from "./admit.ts";
import { answerKeyed } from "./answer-keyed.ts";
import { idempotencyKeyOf, takesKey } from "./idempotency-key.ts";
import { type Asker, askerOf, inItsPlace, presentedKey, verified } from "./limit-calls.ts";
import { isOptionalBody } from "./optional-body.ts";
import { jsonText, readJson } from "./read-json.ts";
import type { Call, Route } from "./route.ts";
import { routes } from "./routes/index.ts";
import { answerFailure } from "./send-error.ts";

declare module "fastify" {
  interface FastifyRequest {
    caller: Caller | null;
  }
  interface FastifyInstance {
    /** For an explanation of what a route would have taken. */
    apiRoutes: readonly Route[];
  }
}

/** What a call that only validates is answered, when it would have gone well. */
const valid = { object: "validation", valid: true } as const;

/** Every call that changes something can be asked to only check. */
export function querySchema(route: Route): Schema | undefined {
  if (route.method === "GET") return route.query;
  const given = (route.query?.["properties"] ?? {}) as Readonly<Record<string, Schema>>;
  return {
    ...closed({}),
    ...route.query,
    properties: { ...given, validate_only: oneOf(["true", "false"], '"true" to check and change nothing') },
  };
}

async function answer(
  answerOnce: AnswerOnce,
  route: Route,
  call: Call<unknown, unknown, unknown>,
  reply: FastifyReply,
): Promise<unknown> {
  const key = takesKey(route) ? idempotencyKeyOf(call.request) : undefined;
  const validatesOnly = route.method !== "GET" && (call.query as { validate_only?: string }).validate_only === "true";
  if (!validatesOnly) return key === undefined ? route.handle(call) : answerKeyed(answerOnce, route, call, key, reply);
  // A rehearsal does nothing that a repeat could do twice: its key is neither looked up nor used.
  if (route.check !== undefined) await route.check(call);
  else await rehearse(call.gateway, (gateway) => route.handle({ ...call, gateway }));
  return reply.type("application/json; charset=utf-8").serializer(JSON.stringify).send(valid);
}

function schemaOf(route: Route) {
  const query = querySchema(route);
  return {
    ...(route.params === undefined ? {} : { params: route.params }),
    ...(query === undefined ? {} : { querystring: query }),
    ...(route.body === undefined ? {} : { body: route.body }),
    response: { 200: route.answer },
  };
}

/** Lets a key in, or gives the refusal: at once where nothing has to be waited for, and that is nearly always. */
function enter(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  asker: Asker,
  key: string,
  route: Route,
): Soon<GatewayError | undefined> {
  return onward(verified(gateway, asker, key, verifyApiKey), (caller) => {
    if (caller instanceof GatewayError) return caller;
    request.caller = caller;
    return admit(gateway, request, reply, caller, route);
  });
}

/** Before the body is read: who may not call has nothing parsed for them. */
function onRequest(gateway: Gateway, route: Route) {
  return (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    if (route.public === true) return done();
    // Answered here and now: on the way through the framework's error handler a refusal would cost noticeably more.
    const refuse = (thrown: unknown) => {
      request.server.knownPaths.notePrivate(request.method, request.url);
      answerFailure(gateway, request, reply, thrown);
    };
    const asker = askerOf(request, reply);
    const key = presentedKey(gateway, asker, presentedApiKey(gateway, request.headers.authorization));
    if (typeof key !== "string") return refuse(key);
    const enterOrRefuse = (refusal: GatewayError | undefined) => (refusal === undefined ? done() : refuse(refusal));
    let entering: Soon<GatewayError | undefined>;
    try {
      entering = enter(gateway, request, reply, asker, key, route);
    } catch (error) {
      return refuse(error);
    }
    if (entering instanceof Promise) entering.then(enterOrRefuse, refuse);
    else enterOrRefuse(entering);
  };
}

function register(api: FastifyInstance, gateway: Gateway, answerOnce: AnswerOnce, route: Route): void {
  api.route({
    method: route.method,
    url: route.url,
    schema: schemaOf(route),
    onRequest: onRequest(gateway, route),
    handler: async (request, reply) => {
      if (request.caller === null && route.public !== true) throw new Error("a route was reached without a caller");
      const call: Call<unknown, unknown, unknown> = {
        gateway,
        // A public route is written against PublicCall, which has none.
        caller: request.caller as Caller,
        params: request.params,
        query: request.query,
        body: request.body,
        request,
      };
      try {
        return await inItsPlace(request, () => answer(answerOnce, route, call, reply));
      } catch (error) {
        return answerFailure(gateway, request, reply, error);
      }
    },
  });
}

/** The v2 API: JSON in, JSON out, one schema per route. */
export function registerApi(app: FastifyInstance, gateway: Gateway): void {
  const answerOnce = createAnswerOnce(gateway);
  void app.register(async (api) => {
    api.decorateRequest("caller", null);
    api.decorate("apiRoutes", routes);
    api.removeAllContentTypeParsers();
    api.addContentTypeParser(
      "application/json",
      { parseAs: "buffer" },
      async (request: FastifyRequest, body: string | Buffer) => {
        const text = jsonText(typeof body === "string" ? Buffer.from(body) : body);
        // Clients that always name a content type send it with an empty body too, where none is needed.
        const schema = request.routeOptions.schema?.body as Schema | undefined;
        const needsBody = schema !== undefined && !isOptionalBody(schema);
        if (text === "" && !needsBody) return undefined;
        // What cannot be read is kept for the request log, which reads as much of it as makes sense.
        request.sent = text;
        const value = await readJson(text);
        request.sent = undefined;
        return value;
      },
    );
    for (const route of routes) {
      if (route.sandboxOnly !== true || gateway.config.mode === "sandbox") register(api, gateway, answerOnce, route);
    }
  });
}
