import type { ErrorCode, ErrorMeta } from "@kineticpay/contract/errors/catalogue";
import type { KineticPayErrorType } from "./error-code.ts";
import type {
  AbortedError,
  ApiError,
  ApiNotEnabledError,
  AuthenticationError,
  BankError,
  CircuitOpenError,
  ConnectionError,
  InvalidRequestError,
  IpNotAllowedError,
  NotFoundError,
  RateLimitError,
  TimeoutError,
  UnavailableError,
} from "./errors.ts";
import { errorMark, type KineticPayError } from "./kineticpay-error.ts";
import type { SignatureVerificationError } from "./signature-verification-error.ts";

/**
 * True for an error of this package, also of another copy of it: a project can hold two, of two versions or once as ESM and
 * once as CommonJS, and `instanceof` knows only its own.
 */
export function isKineticPayError(error: unknown): error is KineticPayError {
  return typeof error === "object" && error !== null && (error as Record<symbol, unknown>)[errorMark] === true;
}

function hasType(error: unknown, type: KineticPayErrorType): boolean {
  return isKineticPayError(error) && error.type === type;
}

/** True for an error with that code of the catalogue; `meta` then has the members that the code promises. */
export function hasCode<C extends ErrorCode>(
  error: unknown,
  code: C,
): error is KineticPayError & { readonly code: C; readonly meta: ErrorMeta<C> } {
  return isKineticPayError(error) && error.code === code;
}

/** 401, whichever the reason. */
export function isAuthenticationError(error: unknown): error is AuthenticationError {
  return hasType(error, "authentication_error");
}

/** 401 `api_not_enabled`. */
export function isApiNotEnabledError(error: unknown): error is ApiNotEnabledError {
  return hasCode(error, "api_not_enabled");
}

/** 401 `ip_not_allowed`. */
export function isIpNotAllowedError(error: unknown): error is IpNotAllowedError {
  return hasCode(error, "ip_not_allowed");
}

/** 403. */
export function isInvalidRequestError(error: unknown): error is InvalidRequestError {
  return hasType(error, "invalid_request_error");
}

/** 404. */
export function isNotFoundError(error: unknown): error is NotFoundError {
  return hasType(error, "not_found_error");
}

/** 429. */
export function isRateLimitError(error: unknown): error is RateLimitError {
  return hasType(error, "rate_limit_error");
}

/** 500. */
export function isApiError(error: unknown): error is ApiError {
  return hasType(error, "api_error");
}

/** 502. */
export function isBankError(error: unknown): error is BankError {
  return hasType(error, "bank_error");
}

/** 503. */
export function isUnavailableError(error: unknown): error is UnavailableError {
  return hasType(error, "unavailable_error");
}

/** 504. */
export function isTimeoutError(error: unknown): error is TimeoutError {
  return hasType(error, "timeout_error");
}

/** No answer of the gateway came. */
export function isConnectionError(error: unknown): error is ConnectionError {
  return hasType(error, "connection_error");
}

/** Nothing was sent, because this host has failed too often. */
export function isCircuitOpenError(error: unknown): error is CircuitOpenError {
  return hasType(error, "circuit_open_error");
}

/** The caller's own signal ended the call. */
export function isAbortedError(error: unknown): error is AbortedError {
  return hasType(error, "aborted_error");
}

/** A webhook or callback could not be proved to come from the gateway. */
export function isSignatureVerificationError(error: unknown): error is SignatureVerificationError {
  return hasType(error, "signature_verification_error");
}
