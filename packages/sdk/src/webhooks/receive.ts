import { isSignatureVerificationError } from "../errors/guards.ts";
import { SignatureVerificationError } from "../errors/signature-verification-error.ts";
import type { KineticPayEvent } from "./event.ts";
import type { RawBody, WebhookHeaders, Webhooks } from "./webhooks.ts";

/** The largest body that an adapter reads, in bytes; events are far smaller. */
export const largestBodyBytes = 1024 * 1024;

/** How a route of yours takes webhooks. */
export interface WebhookRoute {
  /** What verifies them: `client.webhooks`, or `new Webhooks({ secret })`. */
  readonly webhooks: Pick<Webhooks, "unwrap">;
  /**
   * Is given each event that was verified. Write it down and return; do the work afterwards. What it throws is answered
   * with 500, and the gateway sends the event again.
   */
  readonly onEvent: (event: KineticPayEvent) => unknown;
  /** Is told of requests that could not be verified, before they are answered with 401. */
  readonly onRefused?: ((error: SignatureVerificationError) => unknown) | undefined;
}

/** What to answer. */
export interface WebhookAnswer {
  readonly status: 204 | 401;
  readonly body: string | undefined;
}

/**
 * Verifies a request and hands its event on.
 * @throws what `onEvent` throws, so that the framework reports it and answers 500
 */
export async function receive(route: WebhookRoute, rawBody: RawBody, headers: WebhookHeaders): Promise<WebhookAnswer> {
  let event: KineticPayEvent;
  try {
    event = await route.webhooks.unwrap(rawBody, headers);
  } catch (error) {
    if (!isSignatureVerificationError(error)) throw error;
    await route.onRefused?.(error);
    // The gateway keeps the beginning of an answer with the delivery, where this cause is what its reader looks for.
    return { status: 401, body: JSON.stringify({ error: error.code, reason: error.reason, message: error.message }) };
  }
  await route.onEvent(event);
  return { status: 204, body: undefined };
}

/** A body was longer than any event is. */
export function tooLarge(): SignatureVerificationError {
  return new SignatureVerificationError(
    "body_changed",
    `The body is longer than ${largestBodyBytes} bytes, and no event is.`,
  );
}
