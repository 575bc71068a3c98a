import type { ErrorJson } from "../errors/kineticpay-error.ts";
import type { BreakerEvent } from "./circuit-breaker.ts";

/** What the events of one call have in common. */
export interface CallEvent {
  /** The same for all attempts of one call; counts up within a client. */
  readonly callId: number;
  readonly method: string;
  /** The address, with the values of secret parameters taken out. */
  readonly url: string;
  /** From 1. */
  readonly attempt: number;
  readonly idempotencyKey: string | undefined;
}

/** An attempt is about to be sent. */
export interface RequestEvent extends CallEvent {
  /** As they are sent, but the key is shown as its prefix and its last four characters. */
  readonly headers: Readonly<Record<string, string>>;
}

/** An attempt has ended, well or not. */
export interface ResponseEvent extends CallEvent {
  /** Undefined when no answer came. */
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** Milliseconds from sending to the last byte of the answer. */
  readonly durationMs: number;
  readonly error: ErrorJson | undefined;
}

/** The call will be sent again. */
export interface RetryEvent extends CallEvent {
  /** Milliseconds until then. */
  readonly delayMs: number;
  /** Why: what the attempt failed with. */
  readonly error: ErrorJson;
}

/**
 * What a client tells while it works; made for logs, metrics and traces. Nothing in an event is a secret, no body is in it,
 * and nothing in it can change a call. What a hook throws is dropped: a payment does not fail because its logging does.
 */
export interface Hooks {
  readonly request?: ((event: RequestEvent) => void) | undefined;
  readonly response?: ((event: ResponseEvent) => void) | undefined;
  readonly retry?: ((event: RetryEvent) => void) | undefined;
  readonly breaker?: ((event: BreakerEvent) => void) | undefined;
}

/** Calls a hook if there is one. */
export function tell<E>(hook: ((event: E) => void) | undefined, event: () => E): void {
  if (hook === undefined) return;
  try {
    hook(event());
  } catch {
    // A hook is an onlooker.
  }
}
