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

/** Faults of ours that pass by themselves within seconds: there is nothing to ask anybody. */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["overloaded", "shutting_down"]);

/** Whom to ask about a fault of ours, in the message and, as every value that it mentions, in `meta`. */
function withSupport(error: GatewayError, support: readonly string[]): { message: string; meta: Meta } {
  if (support.length === 0 || error.status < 500 || passing.has(error.code)) return error;
  const message = `${error.message} If it goes on, ask ${support.join(" or ")}, and name the request id.`;
  return { message, meta: { ...error.meta, support } };
}

/**
 * What a failed call answers.
 * @param docsUrl absolute address below which every code has its page
 * @param support how to reach whoever runs the gateway: addresses, numbers, pages
 */
export function errorBody(
  error: GatewayError,
  requestId: string,
  docsUrl: string,
  support: readonly string[] = [],
): ErrorBody {
  const status = error.status;
  const { message, meta } = withSupport(error, support);
  return {
    type: error.type,
    message,
    code: error.code,
    status,
    request_id: requestId,
    doc_url: `${docsUrl}/${error.code}`,
    retryable: errorEntry(error.code).retryable,
    ...(status === 403 ? { fields: error.fields } : {}),
    ...(error.retryAfterS === undefined ? {} : { retry_after: error.retryAfterS }),
    meta,
  };
}
