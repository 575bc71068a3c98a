import type { ApiPromise } from "../api-promise.ts";
import type { CallOptions } from "../client-options.ts";
import type { ListPromise } from "../page.ts";
import { segment } from "../request/call.ts";
import type { Connection } from "../request/connection.ts";
import { list, read } from "./calls.ts";

/** A code of the catalogue. */
export interface ErrorCodeSummary {
  readonly object: "error_code";
  readonly code: string;
  readonly type: string;
  readonly status: number;
  /** In one line. */
  readonly summary: string;
  readonly retryable: boolean;
  readonly doc_url: string;
}

/** A code with its whole page. */
export interface ErrorCodePage extends ErrorCodeSummary {
  /** The version of the gateway that first answered with it. */
  readonly since: string;
  readonly sections: readonly { readonly title: string; readonly text: string }[];
}

/** The catalogue of errors, for which no key is needed. */
export class ErrorCodes {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Lists every error code. The list is whole: it has one page.
   * @throws InvalidRequestError, ApiError, UnavailableError, ConnectionError, CircuitOpenError, AbortedError
   */
  list(options?: CallOptions): ListPromise<ErrorCodeSummary> {
    return list(this.#connection, "/api/v2/errors", undefined, options);
  }

  /**
   * Explains an error code: what it means, its causes and its cure.
   * @throws InvalidRequestError, NotFoundError, ApiError, UnavailableError, ConnectionError, CircuitOpenError,
   * AbortedError
   */
  retrieve(code: string, options?: CallOptions): ApiPromise<ErrorCodePage> {
    return read(this.#connection, `/api/v2/errors/${segment("code", code)}`, undefined, options);
  }
}
