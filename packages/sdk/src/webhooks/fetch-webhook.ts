import { receive, type WebhookAnswer, type WebhookRoute } from "./receive.ts";

function responseOf({ status, body }: WebhookAnswer): Response {
  return new Response(body ?? null, {
    status,
    headers: body === undefined ? {} : { "content-type": "application/json" },
  });
}

/**
 * A handler of a `Request`, as Next.js (App Router), Workers, Bun and Deno have it:
 * `export const POST = nextWebhook({ webhooks, onEvent })`.
 */
export function nextWebhook(route: WebhookRoute): (request: Request) => Promise<Response> {
  return async (request) => responseOf(await receive(route, await request.arrayBuffer(), request.headers));
}

/** What is used of a Hono context. */
export interface HonoContext {
  readonly req: { readonly raw: Request; arrayBuffer(): Promise<ArrayBuffer> };
}

/** A handler for Hono: `app.post("/webhooks", honoWebhook({ webhooks, onEvent }))`. */
export function honoWebhook(route: WebhookRoute): (context: HonoContext) => Promise<Response> {
  return async ({ req }) => responseOf(await receive(route, await req.arrayBuffer(), req.raw.headers));
}
