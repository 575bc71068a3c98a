import type { ErrorCode } from "@kineticpay/contract/errors/catalogue";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { differingPart } from "./fingerprint.ts";

/** A call that came with an idempotency key. */
export interface KeyedCall {
  readonly merchantId: string;
  /** Keys of one collection are told apart from those of every other, whoever owns it. */
  readonly collectionId: string;
  readonly key: string;
  /** Method and pattern, such as `POST /api/v2/payments/:id/cancel`. */
  readonly route: string;
  /** See `fingerprintOf`. */
  readonly fingerprint: Buffer;
  /** Of this very call; it also names who holds a claim. */
  readonly requestId: string;
  readonly at: Date;
}

/** An answer to its last byte. */
export interface Answer {
  readonly status: number;
  readonly mediaType: string;
  readonly body: string;
}

/** What is known of the call that first came with a key. */
export interface CallRecord {
  readonly route: string;
  readonly fingerprint: Uint8Array;
  readonly requestId: string;
  readonly createdAt: Date;
  /** Null while that call is at work. */
  readonly answer: Answer | null;
  /** Until when it can be at work. */
  readonly leaseUntil: Date | null;
}

/** A record with its answer, as it is written. */
export interface NewRecord {
  readonly call: KeyedCall;
  readonly answer: Answer;
  /** The answer's body, sealed, when it shows a secret and so must not be written as it is. */
  readonly sealed: Buffer | null;
  /** How long to wait for another's transaction that has written under the same key. */
  readonly patienceMs: number;
}

/**
 * Refusals that speak of how things stand and not of how the call was written. They were found by doing the work, so they
 * are its result, and are kept. A call that was written wrongly leaves no record: put right, it may use its key again.
 */
const results: ReadonlySet<ErrorCode> = new Set([
  "state_not_allowed",
  "invoice_already_paid",
  "invoice_conflict",
  "key_not_active",
  "resource_missing",
]);

/** True for a failure that every repeat of the call is to get too. */
export function isResult(error: unknown): error is GatewayError {
  return error instanceof GatewayError && results.has(error.code);
}

/**
 * Makes sure that a key is used for the call that it was first used for.
 * @throws GatewayError idempotency_key_reused
 */
export function requireSameCall(record: CallRecord, call: KeyedCall): void {
  const differs =
    record.route === call.route ? differingPart(record.fingerprint, call.fingerprint) : ("route" as const);
  if (differs === undefined) return;
  throw new GatewayError("idempotency_key_reused", {
    meta: {
      differs,
      route: record.route,
      first_used_at: record.createdAt.toISOString(),
      request: record.requestId,
    },
  });
}
