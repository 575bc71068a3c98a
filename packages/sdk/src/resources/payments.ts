import type { PaymentView } from "@kineticpay/contract/payment";
import type { ApiPromise } from "../api-promise.ts";
import type { CallOptions, ValidateOptions, WriteOptions } from "../client-options.ts";
import type { ListPromise } from "../page.ts";
import { segment } from "../request/call.ts";
import type { Connection } from "../request/connection.ts";
import { list, read, write } from "./calls.ts";
import { lookUpPayment } from "./look-up-payment.ts";
import type { PaymentCreateParams, PaymentListParams, PaymentUpdateParams } from "./payment-params.ts";
import type { Validation } from "./validation.ts";

/** Payments, as your shop asks for them and buyers pay them. Amounts are whole sen: 1250 is RM 12.50. */
export class Payments {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Asks for a payment; send the buyer to its `checkout_url`. The same invoice with the same amount is the same
   * payment, so asking twice makes one. After a 504 the payment is looked up by its invoice before anything is sent
   * again. Needs the scope `payments:write`.
   * @throws AuthenticationError, InvalidRequestError, RateLimitError, ApiError, UnavailableError, ConnectionError,
   * CircuitOpenError, AbortedError
   */
  create(params: PaymentCreateParams, options?: CallOptions): ApiPromise<PaymentView>;
  /** Asks whether {@link Payments.create} would go well, and does nothing. */
  create(params: PaymentCreateParams, options: ValidateOptions): ApiPromise<Validation>;
  create(params: PaymentCreateParams, options?: WriteOptions): ApiPromise<PaymentView | Validation> {
    return write(
      this.#connection,
      "POST",
      "/api/v2/payments",
      params,
      options,
      lookUpPayment(this.#connection, params, options),
    );
  }

  /**
   * Reads a payment. Needs the scope `payments:read`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  retrieve(id: string, options?: CallOptions): ApiPromise<PaymentView> {
    return read(this.#connection, `/api/v2/payments/${segment("id", id)}`, undefined, options);
  }

  /**
   * Changes an unpaid payment. What is left out stays as it is. Needs the scope `payments:write`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  update(id: string, params: PaymentUpdateParams, options?: CallOptions): ApiPromise<PaymentView>;
  /** Asks whether {@link Payments.update} would go well, and does nothing. */
  update(id: string, params: PaymentUpdateParams, options: ValidateOptions): ApiPromise<Validation>;
  update(id: string, params: PaymentUpdateParams, options?: WriteOptions): ApiPromise<PaymentView | Validation> {
    return write(this.#connection, "PATCH", `/api/v2/payments/${segment("id", id)}`, params, options);
  }

  /**
   * Lists payments, the newest first. Needs the scope `payments:read`.
   * @throws AuthenticationError, InvalidRequestError, RateLimitError, ApiError, UnavailableError, ConnectionError,
   * CircuitOpenError, AbortedError
   */
  list(params: PaymentListParams = {}, options?: CallOptions): ListPromise<PaymentView> {
    return list(this.#connection, "/api/v2/payments", params, options);
  }

  /**
   * Withdraws a payment that nobody is paying. Needs the scope `payments:write`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  cancel(id: string, options?: CallOptions): ApiPromise<PaymentView>;
  /** Asks whether {@link Payments.cancel} would go well, and does nothing. */
  cancel(id: string, options: ValidateOptions): ApiPromise<Validation>;
  cancel(id: string, options?: WriteOptions): ApiPromise<PaymentView | Validation> {
    return write(this.#connection, "POST", `/api/v2/payments/${segment("id", id)}/cancel`, undefined, options);
  }

  /**
   * Asks the bank network now what became of a payment that is at a bank. Needs the scope `payments:write`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, BankError,
   * UnavailableError, TimeoutError, ConnectionError, CircuitOpenError, AbortedError
   */
  requery(id: string, options?: CallOptions): ApiPromise<PaymentView>;
  /** Asks whether {@link Payments.requery} would go well, and does nothing. */
  requery(id: string, options: ValidateOptions): ApiPromise<Validation>;
  requery(id: string, options?: WriteOptions): ApiPromise<PaymentView | Validation> {
    return write(this.#connection, "POST", `/api/v2/payments/${segment("id", id)}/requery`, undefined, options);
  }
}
