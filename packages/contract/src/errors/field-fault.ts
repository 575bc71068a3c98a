export const fieldFaultCodes = [
  "field_missing",
  "field_invalid",
  "field_unknown",
  "field_too_long",
  "field_too_short",
  "field_out_of_range",
  "field_wrong_type",
] as const;

export type FieldFaultCode = (typeof fieldFaultCodes)[number];

/** One fault of a request. `path` is a JSON pointer into the body, or the name of a query parameter or header. */
export interface FieldFault {
  readonly path: string;
  readonly code: FieldFaultCode;
  readonly message: string;
  /** The accepted form, or an example that can be sent as it is. */
  readonly expected: string;
}
