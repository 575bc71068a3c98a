import type { ErrorCode } from "@kineticpay/contract/errors/catalogue";
import type { ApiPromise } from "../api-promise.ts";
import type { CallOptions, ValidateOptions, WriteOptions } from "../client-options.ts";
import type { ListPromise } from "../page.ts";
import { segment } from "../request/call.ts";
import type { Connection } from "../request/connection.ts";
import { list, write } from "./calls.ts";
import type { Validation } from "./validation.ts";

/** A rule, and how often it struck. */
export interface Fault {
  readonly id: string;
  readonly object: "fault";
  readonly code: string | null;
  readonly route: string | null;
  readonly key: string | null;
  readonly share: number;
  readonly count: number | null;
  readonly seed: number;
  /** Milliseconds. */
  readonly delay_ms: number;
  readonly after: string | null;
  readonly drop: boolean;
  readonly half: boolean;
  /** Calls that it was held against. */
  readonly seen: number;
  /** Calls that it struck. */
  readonly hits: number;
  readonly created_at: string;
}

/** What is to go wrong, with which calls, and how often. */
export interface FaultCreateParams {
  /** The code to answer with; none for a fault of the connection alone. */
  readonly code?: ErrorCode | undefined;
  /** The calls it is for, such as `"POST /api/v2/payments"`; all when left out. */
  readonly route?: string | undefined;
  /** The id of a key; all keys when left out. */
  readonly key?: string | undefined;
  /** How many of the calls, above 0 and up to 1; all when left out. */
  readonly share?: number | undefined;
  /** How many times at most. */
  readonly count?: number | undefined;
  /** The same one strikes the same calls. */
  readonly seed?: number | undefined;
  /** Milliseconds to wait, 1 to 60,000. */
  readonly delay_ms?: number | undefined;
  /** `"commit"` to do the work first and lose only its answer. */
  readonly after?: "commit" | undefined;
  /** True to reset the connection before an answer. */
  readonly drop?: boolean | undefined;
  /** True to reset the connection in the middle of the answer. */
  readonly half?: boolean | undefined;
}

/** The ids of the rules that were taken back. */
export interface DeletedFaults {
  readonly object: "deleted_faults";
  readonly deleted: readonly string[];
}

/** Failures on demand, in the sandbox: rules that strike calls of your collection. */
export class Faults {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Lists the rules, with how often they struck. The list is whole: it has one page. Needs the scope
   * `payments:read`.
   * @throws AuthenticationError, InvalidRequestError, RateLimitError, ApiError, UnavailableError, ConnectionError,
   * CircuitOpenError, AbortedError
   */
  list(options?: CallOptions): ListPromise<Fault> {
    return list(this.#connection, "/api/v2/sandbox/faults", undefined, options);
  }

  /**
   * Makes a rule. Every process of the gateway heeds it within a second. Needs the scope `payments:write`.
   * @throws AuthenticationError, InvalidRequestError, RateLimitError, ApiError, UnavailableError, ConnectionError,
   * CircuitOpenError, AbortedError
   */
  create(params: FaultCreateParams, options?: CallOptions): ApiPromise<Fault>;
  /** Asks whether {@link Faults.create} would go well, and does nothing. */
  create(params: FaultCreateParams, options: ValidateOptions): ApiPromise<Validation>;
  create(params: FaultCreateParams, options?: WriteOptions): ApiPromise<Fault | Validation> {
    return write(this.#connection, "POST", "/api/v2/sandbox/faults", params, options);
  }

  /**
   * Takes back a rule, or with `"all"` in place of its id every one. Needs the scope `payments:write`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  delete(id: string, options?: CallOptions): ApiPromise<DeletedFaults>;
  /** Asks whether {@link Faults.delete} would go well, and does nothing. */
  delete(id: string, options: ValidateOptions): ApiPromise<Validation>;
  delete(id: string, options?: WriteOptions): ApiPromise<DeletedFaults | Validation> {
    return write(this.#connection, "POST", `/api/v2/sandbox/faults/${segment("id", id)}/delete`, undefined, options);
  }
}
