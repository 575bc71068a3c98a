import type { ErrorCode, ErrorMeta } from "./catalogue.ts";
import { errorCatalogue, errorEntry, errorStatus } from "./catalogue.ts";
import type { ErrorType, Meta } from "./entry.ts";
import type { FieldFault } from "./field-fault.ts";

export interface GatewayErrorOptions<C extends ErrorCode> {
  readonly meta: ErrorMeta<C>;
  readonly fields?: readonly FieldFault[];
  readonly retryAfterS?: number;
  /** For the log only; never leaves the gateway. */
  readonly cause?: unknown;
}

/**
 * A fact that ends a call: which code, with which values. Status, type, wording and whether a retry helps all come from
 * the catalogue. No stack is recorded: it would cost more than the whole refusal and says nothing that `cause` does not.
 */
export class GatewayError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  readonly meta: Meta;
  readonly fields: readonly FieldFault[];
  readonly retryAfterS: number | undefined;

  constructor(code: C, options: GatewayErrorOptions<C>) {
    const entry = errorEntry(code);
    const depth = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(entry.message(options.meta as Meta), options.cause === undefined ? undefined : { cause: options.cause });
    Error.stackTraceLimit = depth;
    this.code = code;
    this.meta = options.meta as Meta;
    this.fields = options.fields ?? [];
    this.retryAfterS = options.retryAfterS ?? entry.retryAfterS;
  }

  get status(): number {
    return errorStatus(this.code);
  }

  get type(): ErrorType {
    return errorCatalogue[this.code].type;
  }
}
