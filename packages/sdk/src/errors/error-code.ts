import type { ErrorCode } from "@kineticpay/contract/errors/catalogue";
import type { ErrorType } from "@kineticpay/contract/errors/entry";

/** Text of which the literals beside it are only the known ones, so that editors suggest them and others still compile. */
export type Other = string & Record<never, never>;

/** What can go wrong before an answer of the gateway is there; everything else is named by its catalogue. */
export type ClientErrorCode =
  | "connection_failed"
  | "connection_timeout"
  | "answer_not_json"
  | "redirected"
  | "circuit_open"
  | "call_aborted"
  | "signature_invalid"
  | "header_invalid";

/** The case, for a program to branch on. More may be added: let codes that you do not know pass. */
export type KineticPayErrorCode = ErrorCode | ClientErrorCode | Other;

/** The kind of failure; each has a class. */
export type KineticPayErrorType =
  | ErrorType
  | "connection_error"
  | "circuit_open_error"
  | "aborted_error"
  | "signature_verification_error"
  | Other;
