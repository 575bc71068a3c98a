import { largestBodyBytes, receive, type WebhookRoute } from "./receive.ts";

interface FastifyRequestLike {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

interface FastifyReplyLike {
  code(status: number): { type(contentType: string): { send(body?: string): unknown }; send(body?: string): unknown };
}

/** A Fastify instance of whatever version and settings; what is used of it is named, and its many types are left alone. */
export interface FastifyLike {
  readonly removeAllContentTypeParsers: unknown;
  readonly addContentTypeParser: unknown;
  readonly post: unknown;
}

type Parser = (request: unknown, body: unknown, done: (error: Error | null, body?: unknown) => void) => void;
type Handler = (request: FastifyRequestLike, reply: FastifyReplyLike) => unknown;

interface FastifyCalls {
  removeAllContentTypeParsers(): void;
  addContentTypeParser(type: string, options: { parseAs: "buffer"; bodyLimit: number }, parser: Parser): void;
  post(path: string, handler: Handler): void;
}

/** How a route of Fastify takes webhooks. */
export interface FastifyWebhookRoute extends WebhookRoute {
  /** The path of the route, such as `"/webhooks"`. */
  readonly path: string;
}

/**
 * A plugin for Fastify with a route for webhooks: `app.register(fastifyWebhook({ path: "/webhooks", webhooks, onEvent }))`.
 * It keeps the bytes of the body on that route alone; all others go on as they were.
 */
export function fastifyWebhook(route: FastifyWebhookRoute): (app: FastifyLike) => Promise<void> {
  return async (instance) => {
    const app = instance as FastifyCalls;
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: largestBodyBytes }, (_request, body, done) =>
      done(null, body),
    );
    app.post(route.path, async (request, reply) => {
      const answer = await receive(route, request.body as Uint8Array, request.headers);
      const answered = reply.code(answer.status);
      return answer.body === undefined ? answered.send() : answered.type("application/json").send(answer.body);
    });
  };
}
