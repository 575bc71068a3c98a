import { largestBodyBytes, receive, tooLarge, type WebhookRoute } from "./receive.ts";
import type { RawBody, WebhookHeaders } from "./webhooks.ts";

/** What is used of a request of Node, Express or the Pages Router of Next.js. */
export interface NodeRequest extends AsyncIterable<Uint8Array | string> {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly readableEnded?: boolean;
  readonly body?: unknown;
  /** Where some platforms keep the bytes that they parsed. */
  readonly rawBody?: unknown;
}

/** What is used of a response of Node. */
export interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body?: string): unknown;
}

async function readStream(request: NodeRequest): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
    length += bytes.length;
    if (length > largestBodyBytes) throw tooLarge();
    chunks.push(bytes);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

/** The bytes, wherever they are. What a parser left behind is passed on, so that verifying says what to do about it. */
async function rawBodyOf(request: NodeRequest): Promise<RawBody> {
  const { body, rawBody } = request;
  for (const kept of [rawBody, body]) {
    if (typeof kept === "string" || kept instanceof Uint8Array) return kept;
  }
  return request.readableEnded === true ? (body as RawBody) : readStream(request);
}

/**
 * A handler for Express, for `node:http`, and for the Pages Router of Next.js with its `bodyParser` switched off. It reads
 * the body itself, so register it before any `express.json()`, or on a route that has none.
 * `app.post("/webhooks", expressWebhook({ webhooks, onEvent }))`
 */
export function expressWebhook(
  route: WebhookRoute,
): (request: NodeRequest, response: NodeResponse, next?: (error?: unknown) => void) => Promise<void> {
  return async (request, response, next) => {
    try {
      const answer = await receive(route, await rawBodyOf(request), request.headers as WebhookHeaders);
      response.statusCode = answer.status;
      if (answer.body !== undefined) response.setHeader("content-type", "application/json");
      response.end(answer.body);
    } catch (error) {
      if (next !== undefined) return next(error);
      response.statusCode = 500;
      response.end();
    }
  };
}
