import { KineticPayError } from "./kineticpay-error.ts";

/** 401: who calls could not be established, or the caller may not call. */
export class AuthenticationError extends KineticPayError {
  override readonly name: string = "AuthenticationError";
}

/** 401 `api_not_enabled`: the key is right, and the API of its collection is switched off. */
export class ApiNotEnabledError extends AuthenticationError {
  override readonly name: string = "ApiNotEnabledError";
}

/** 401 `ip_not_allowed`: the key is right, and may not be used from this address. */
export class IpNotAllowedError extends AuthenticationError {
  override readonly name: string = "IpNotAllowedError";
  /** The address that the gateway saw, to be put on the allow-list. */
  get address(): string | undefined {
    const { address } = this.meta;
    return typeof address === "string" ? address : undefined;
  }
}

/** 403: the request is incomplete or cannot be done. `fields` names every fault at once. */
export class InvalidRequestError extends KineticPayError {
  override readonly name: string = "InvalidRequestError";
}

/** 404: no such object exists for this key, or no such address exists at all. */
export class NotFoundError extends KineticPayError {
  override readonly name: string = "NotFoundError";
}

/** 429: too many calls. Nothing was done with this one. */
export class RateLimitError extends KineticPayError {
  override readonly name: string = "RateLimitError";
  /** Which limit it was: `key`, `address`, `key-concurrency` or `webhook-test`. */
  get policy(): string | undefined {
    const { policy } = this.meta;
    return typeof policy === "string" ? policy : undefined;
  }
}

/** 500: the gateway met a fault of its own. */
export class ApiError extends KineticPayError {
  override readonly name: string = "ApiError";
}

/** 502: the bank network answered in a form that cannot be believed. */
export class BankError extends KineticPayError {
  override readonly name: string = "BankError";
}

/** 503: not now. `retryAfter` says when. */
export class UnavailableError extends KineticPayError {
  override readonly name: string = "UnavailableError";
}

/** 504: no answer in time, so the outcome is not known. Look the payment up; do not create another one. */
export class TimeoutError extends KineticPayError {
  override readonly name: string = "TimeoutError";
}

/** No answer of the gateway came: the connection failed, its time was up, or something else answered in its place. */
export class ConnectionError extends KineticPayError {
  override readonly name: string = "ConnectionError";
}

/** Nothing was sent: this host has failed so often that it is left alone until `retryAt`. */
export class CircuitOpenError extends KineticPayError {
  override readonly name: string = "CircuitOpenError";
}

/** The caller's own `signal` ended the call; `cause` is its reason. */
export class AbortedError extends KineticPayError {
  override readonly name: string = "AbortedError";
}
