import type { ErrorCode } from "./catalogue.ts";
import { errorEntry } from "./catalogue.ts";
import type { ErrorType, Meta } from "./entry.ts";
import type { FieldFault } from "./field-fault.ts";
import type { GatewayError } from "./gateway-error.ts";

/** The body of every failed call. */
export interface ErrorBody {
  readonly type: ErrorType | string;
  readonly message: string;
  readonly code: ErrorCode;
  readonly status: number;
  readonly request_id: string;
  readonly doc_url: string;
  readonly retryable: boolean;
  readonly fields?: readonly FieldFault[];
  readonly retry_after?: number;
  readonly meta: Meta;
}

/**
 * What a failed call answers.
 * @param docsUrl absolute address below which every code has its page
 */
export function errorBody(error: GatewayError, requestId: string, docsUrl: string): ErrorBody {
  const status = error.status;
  return {
    type: error.type,
    message: error.message,
    code: error.code,
    status,
    request_id: requestId,
    doc_url: `${docsUrl}/${error.code}`,
    retryable: errorEntry(error.code).retryable,
    ...(status === 403 ? { fields: error.fields } : {}),
    ...(error.retryAfterS === undefined ? {} : { retry_after: error.retryAfterS }),
    meta: error.meta,
  };
}
