import type { ErrorCode } from "@kineticpay/contract/errors/catalogue";
import type { ErrorStatus } from "@kineticpay/contract/errors/entry";
import type { FieldFault } from "@kineticpay/contract/errors/field-fault";
import type { ApiPromise } from "../api-promise.ts";
import type { CallOptions } from "../client-options.ts";
import type { ListPromise } from "../page.ts";
import { segment } from "../request/call.ts";
import type { Connection } from "../request/connection.ts";
import { list, read } from "./calls.ts";
import type { PageParams, PeriodParams } from "./list-params.ts";

/** A call as it was logged. */
export interface LoggedRequest {
  readonly id: string;
  readonly object: "request";
  readonly created_at: string;
  readonly collection: string | null;
  readonly key: { readonly id: string | null; readonly hint: string };
  readonly address: string | null;
  /** Which API was called. */
  readonly protocol: "v2" | "wire";
  readonly method: string;
  readonly route: string;
  readonly path: string;
  readonly status: number;
  readonly code: string | null;
  readonly duration_ms: number;
}

/** Anything that JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** Logged JSON, with secrets taken out; text when it was none, or too long. */
export type LoggedContent = { readonly [name: string]: Json } | readonly Json[] | string | null;

/** A logged call with what was sent and answered. */
export interface FullLoggedRequest extends LoggedRequest {
  readonly query: LoggedContent;
  readonly body: LoggedContent;
  readonly answer: LoggedContent;
}

/** Why a call went as it did, as things stand now. */
export interface Explanation {
  readonly object: "explanation";
  readonly request: LoggedRequest;
  readonly outcome: "succeeded" | "failed";
  /** What happened, as it was answered. */
  readonly what: string;
  /** Why, with how things stand now. */
  readonly why: string;
  /** What to do, in this order. */
  readonly fix: readonly string[];
  readonly faults: readonly (Omit<FieldFault, "code"> & { readonly code: string })[];
  /** How the key, the switch, the allow-lists and the limits stand now. */
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[];
  /** The calls to send instead, in this order. */
  readonly corrected: readonly CorrectedCall[];
  readonly curl: string | null;
  /** What was changed, and what is only an example. */
  readonly notes: readonly string[];
  readonly retryable: boolean;
  readonly doc_url: string | null;
}

/** A call to send instead of one that failed. */
export interface CorrectedCall {
  readonly method: string;
  readonly path: string;
  readonly protocol: string;
  readonly body?: LoggedContent;
}

/** Which calls to list. */
export interface RequestListParams extends PageParams, PeriodParams {
  readonly status?: 200 | ErrorStatus | undefined;
  readonly code?: ErrorCode | undefined;
  /** Such as `"/api/v2/payments/:id"`. */
  readonly route?: string | undefined;
  /** The id of a key. */
  readonly key?: string | undefined;
}

/** The log of calls, with what was wrong with each. */
export class Requests {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Lists logged calls, the newest first. Needs the scope `payments:read`.
   * @throws AuthenticationError, InvalidRequestError, RateLimitError, ApiError, UnavailableError, ConnectionError,
   * CircuitOpenError, AbortedError
   */
  list(params: RequestListParams = {}, options?: CallOptions): ListPromise<LoggedRequest> {
    return list(this.#connection, "/api/v2/requests", params, options);
  }

  /**
   * Reads a logged call, with what was sent and answered. Needs the scope `payments:read`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  retrieve(id: string, options?: CallOptions): ApiPromise<FullLoggedRequest> {
    return read(this.#connection, `/api/v2/requests/${segment("id", id)}`, undefined, options);
  }

  /**
   * Explains a logged call: why it failed, how things stand now, and the call to send instead. Give it the
   * `requestId` of an error. Needs the scope `payments:read`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  explain(id: string, options?: CallOptions): ApiPromise<Explanation> {
    return read(this.#connection, `/api/v2/requests/${segment("id", id)}/explain`, undefined, options);
  }
}
