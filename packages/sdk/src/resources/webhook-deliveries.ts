import type { DeliveryStatus, FullDeliveryView, WebhookDeliveryView } from "@kineticpay/contract/webhook-delivery";
import type { ApiPromise } from "../api-promise.ts";
import type { CallOptions, ValidateOptions, WriteOptions } from "../client-options.ts";
import type { ListPromise } from "../page.ts";
import { segment } from "../request/call.ts";
import type { Connection } from "../request/connection.ts";
import { list, read, write } from "./calls.ts";
import type { PageParams } from "./list-params.ts";
import type { Validation } from "./validation.ts";

/** Which deliveries to list. */
export interface WebhookDeliveryListParams extends PageParams {
  /** The id of an endpoint. */
  readonly webhook_endpoint?: string | undefined;
  /** The id of an event. */
  readonly event?: string | undefined;
  readonly status?: DeliveryStatus | undefined;
}

/** Deliveries: one event each, on its way to one receiver. */
export class WebhookDeliveries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Lists deliveries of webhooks and callbacks, the newest first. Needs the scope `payments:read`.
   * @throws AuthenticationError, InvalidRequestError, RateLimitError, ApiError, UnavailableError, ConnectionError,
   * CircuitOpenError, AbortedError
   */
  list(params: WebhookDeliveryListParams = {}, options?: CallOptions): ListPromise<WebhookDeliveryView> {
    return list(this.#connection, "/api/v2/webhook_deliveries", params, options);
  }

  /**
   * Reads a delivery, with what is sent and what each attempt was answered. Needs the scope `payments:read`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  retrieve(id: string, options?: CallOptions): ApiPromise<FullDeliveryView> {
    return read(this.#connection, `/api/v2/webhook_deliveries/${segment("id", id)}`, undefined, options);
  }

  /**
   * Sends a delivery again, at once. Needs the scope `payments:write`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  resend(id: string, options?: CallOptions): ApiPromise<WebhookDeliveryView>;
  /** Asks whether {@link WebhookDeliveries.resend} would go well, and does nothing. */
  resend(id: string, options: ValidateOptions): ApiPromise<Validation>;
  resend(id: string, options?: WriteOptions): ApiPromise<WebhookDeliveryView | Validation> {
    return write(
      this.#connection,
      "POST",
      `/api/v2/webhook_deliveries/${segment("id", id)}/resend`,
      undefined,
      options,
    );
  }
}
