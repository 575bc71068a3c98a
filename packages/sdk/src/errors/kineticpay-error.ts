import type { Meta } from "@kineticpay/contract/errors/entry";
import type { FieldFault } from "@kineticpay/contract/errors/field-fault";
import type { KineticPayErrorCode, KineticPayErrorType } from "./error-code.ts";

/** Why a call was not tried again. */
export type GaveUpBecause = "not_retryable" | "max_retries" | "deadline" | "retry_budget" | "circuit_open";

/** What an error is made of. Times in milliseconds, unless their names say otherwise. */
export interface ErrorFacts {
  readonly message: string;
  readonly type: KineticPayErrorType;
  readonly code: KineticPayErrorCode;
  readonly retryable: boolean;
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly docUrl?: string | undefined;
  readonly fields?: readonly FieldFault[] | undefined;
  readonly retryAfterS?: number | undefined;
  readonly meta?: Meta | undefined;
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly attempts?: number | undefined;
  readonly elapsedMs?: number | undefined;
  readonly outcomeUnknown?: boolean | undefined;
  /** True when an attempt before this one ended without anybody knowing what it did. */
  readonly wasUnknown?: boolean | undefined;
  readonly cause?: unknown;
}

/** On every error of this package, whichever copy of the package made it. */
export const errorMark: unique symbol = Symbol.for("kineticpay.error") as never;

/**
 * Whatever this package throws because of a call or a webhook. It holds no secret: it can be logged, or sent elsewhere as
 * its JSON. Where `instanceof` cannot be relied on, ask {@link isKineticPayError} and the guards beside it.
 */
export class KineticPayError extends Error {
  override readonly name: string = "KineticPayError";
  /** The kind of failure, such as `rate_limit_error`. */
  readonly type: KineticPayErrorType;
  /** The case, such as `ip_not_allowed`. A code never changes its meaning. */
  readonly code: KineticPayErrorCode;
  /** The HTTP status; undefined when no answer came. */
  readonly status: number | undefined;
  /** Names the call at the gateway: `client.requests.explain(error.requestId)` says why it failed. */
  readonly requestId: string | undefined;
  /** The page about this code: what it means and how to cure it. */
  readonly docUrl: string | undefined;
  /** Whether the same call may be sent again with a chance of success. */
  readonly retryable: boolean;
  /** Every fault of the request at once; empty when it is not about fields. */
  readonly fields: readonly FieldFault[];
  /** Seconds after which a repeat makes sense, as the gateway said. */
  readonly retryAfter: number | undefined;
  /** The moment that `retryAfter` leads to. */
  readonly retryAt: Date | undefined;
  /** Every value that the message mentions, by stable names. */
  readonly meta: Meta;
  readonly method: string | undefined;
  /** Without its query. */
  readonly path: string | undefined;
  /** The key under which the call was sent, each time the same; keep it to send the call again yourself. */
  readonly idempotencyKey: string | undefined;
  /** How often the call was sent. */
  readonly attempts: number;
  /** Milliseconds from the first attempt to this error. */
  readonly elapsedMs: number;
  /** True when the call may have been carried out although no answer says so: look before you act again. */
  readonly outcomeUnknown: boolean;
  /** Why it was not tried again; undefined for what is never tried twice. */
  gaveUpBecause: GaveUpBecause | undefined = undefined;

  constructor(facts: ErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.type = facts.type;
    this.code = facts.code;
    this.status = facts.status;
    this.requestId = facts.requestId;
    this.docUrl = facts.docUrl;
    this.retryable = facts.retryable;
    this.fields = facts.fields ?? [];
    this.retryAfter = facts.retryAfterS;
    this.retryAt = facts.retryAfterS === undefined ? undefined : new Date(Date.now() + facts.retryAfterS * 1000);
    this.meta = facts.meta ?? {};
    this.method = facts.method;
    this.path = facts.path;
    this.idempotencyKey = facts.idempotencyKey;
    this.attempts = facts.attempts ?? 0;
    this.elapsedMs = facts.elapsedMs ?? 0;
    // A repeat under the same key is told what the first one did; only a refusal for good says that it did nothing.
    const isSettled = facts.status === 403 || facts.status === 404;
    this.outcomeUnknown = facts.outcomeUnknown === true || (facts.wasUnknown === true && !isSettled);
    Object.defineProperty(this, errorMark, { value: true });
  }

  /** What may be logged and sent on: no key, no header, no body, no stack. */
  toJSON(): ErrorJson {
    return {
      name: this.name,
      type: this.type,
      code: this.code,
      message: this.message,
      status: this.status,
      requestId: this.requestId,
      docUrl: this.docUrl,
      retryable: this.retryable,
      fields: this.fields,
      retryAfter: this.retryAfter,
      retryAt: this.retryAt?.toISOString(),
      meta: this.meta,
      method: this.method,
      path: this.path,
      idempotencyKey: this.idempotencyKey,
      attempts: this.attempts,
      elapsedMs: this.elapsedMs,
      outcomeUnknown: this.outcomeUnknown,
      gaveUpBecause: this.gaveUpBecause,
    };
  }
}

/** An error as JSON; what does not apply is left out of the text. */
export interface ErrorJson {
  readonly name: string;
  readonly type: KineticPayErrorType;
  readonly code: KineticPayErrorCode;
  readonly message: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly docUrl: string | undefined;
  readonly retryable: boolean;
  readonly fields: readonly FieldFault[];
  readonly retryAfter: number | undefined;
  readonly retryAt: string | undefined;
  readonly meta: Meta;
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly attempts: number;
  readonly elapsedMs: number;
  readonly outcomeUnknown: boolean;
  readonly gaveUpBecause: GaveUpBecause | undefined;
}
