import { KineticPayError } from "./kineticpay-error.ts";

/**
 * What most likely went wrong. `body_parsed`: a framework parsed the body before it got here; `body_changed`: the bytes are
 * not those that were signed; `secret_wrong`: it was signed with another secret; `secret_malformed`: this is no secret of
 * the gateway's; `clock`: too old or from the future, by this computer's clock; `headers_missing`: the signature is not there;
 * `envelope_malformed` and `order_differs`: of callbacks of the wire protocol, not whole, or about another order.
 */
export type SignatureCause =
  | "body_parsed"
  | "body_changed"
  | "secret_wrong"
  | "secret_malformed"
  | "clock"
  | "headers_missing"
  | "envelope_malformed"
  | "order_differs";

/** A webhook or callback could not be proved to come from the gateway. Answer 401, and believe nothing of it. */
export class SignatureVerificationError extends KineticPayError {
  override readonly name: string = "SignatureVerificationError";
  /** The likely cause, for a program; the message says what to do about it. */
  readonly reason: SignatureCause;

  constructor(reason: SignatureCause, message: string, cause?: unknown) {
    super({ message, type: "signature_verification_error", code: "signature_invalid", retryable: false, cause });
    this.reason = reason;
  }
}
