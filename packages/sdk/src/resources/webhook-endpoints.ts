import type { WebhookDeliveryView } from "@kineticpay/contract/webhook-delivery";
import type { WebhookEndpointView } from "@kineticpay/contract/webhook-endpoint";
import type { ApiPromise } from "../api-promise.ts";
import type { CallOptions, ValidateOptions, WriteOptions } from "../client-options.ts";
import type { ListPromise } from "../page.ts";
import { segment } from "../request/call.ts";
import type { Connection } from "../request/connection.ts";
import { list, read, write } from "./calls.ts";
import type { PageParams } from "./list-params.ts";
import type { Validation } from "./validation.ts";
import type {
  DeletedWebhookEndpoint,
  NewWebhookEndpoint,
  RolledWebhookEndpoint,
  WebhookEndpointCreateParams,
  WebhookEndpointUpdateParams,
  WebhookRecoverParams,
  WebhookRecovery,
  WebhookReplay,
  WebhookReplayParams,
  WebhookSecretRollParams,
} from "./webhook-endpoint-params.ts";

/** Webhook endpoints: addresses of yours that are told of events. */
export class WebhookEndpoints {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Creates a webhook endpoint. Its secret is in this answer and never shown again. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  create(params: WebhookEndpointCreateParams, options?: CallOptions): ApiPromise<NewWebhookEndpoint>;
  /** Asks whether {@link WebhookEndpoints.create} would go well, and does nothing. */
  create(params: WebhookEndpointCreateParams, options: ValidateOptions): ApiPromise<Validation>;
  create(params: WebhookEndpointCreateParams, options?: WriteOptions): ApiPromise<NewWebhookEndpoint | Validation> {
    return write(this.#connection, "POST", "/api/v2/webhook_endpoints", params, options);
  }

  /**
   * Reads a webhook endpoint. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  retrieve(id: string, options?: CallOptions): ApiPromise<WebhookEndpointView> {
    return read(this.#connection, `/api/v2/webhook_endpoints/${segment("id", id)}`, undefined, options);
  }

  /**
   * Changes a webhook endpoint. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  update(id: string, params: WebhookEndpointUpdateParams, options?: CallOptions): ApiPromise<WebhookEndpointView>;
  /** Asks whether {@link WebhookEndpoints.update} would go well, and does nothing. */
  update(id: string, params: WebhookEndpointUpdateParams, options: ValidateOptions): ApiPromise<Validation>;
  update(
    id: string,
    params: WebhookEndpointUpdateParams,
    options?: WriteOptions,
  ): ApiPromise<WebhookEndpointView | Validation> {
    return write(this.#connection, "PATCH", `/api/v2/webhook_endpoints/${segment("id", id)}`, params, options);
  }

  /**
   * Lists webhook endpoints, the newest first. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, RateLimitError, ApiError, UnavailableError, ConnectionError,
   * CircuitOpenError, AbortedError
   */
  list(params: PageParams = {}, options?: CallOptions): ListPromise<WebhookEndpointView> {
    return list(this.#connection, "/api/v2/webhook_endpoints", params, options);
  }

  /**
   * Enables a webhook endpoint again. What it missed comes with `recover` and `replay`. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  enable(id: string, options?: CallOptions): ApiPromise<WebhookEndpointView>;
  /** Asks whether {@link WebhookEndpoints.enable} would go well, and does nothing. */
  enable(id: string, options: ValidateOptions): ApiPromise<Validation>;
  enable(id: string, options?: WriteOptions): ApiPromise<WebhookEndpointView | Validation> {
    return write(this.#connection, "POST", `/api/v2/webhook_endpoints/${segment("id", id)}/enable`, undefined, options);
  }

  /**
   * Disables a webhook endpoint: nothing is planned for it any more. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  disable(id: string, options?: CallOptions): ApiPromise<WebhookEndpointView>;
  /** Asks whether {@link WebhookEndpoints.disable} would go well, and does nothing. */
  disable(id: string, options: ValidateOptions): ApiPromise<Validation>;
  disable(id: string, options?: WriteOptions): ApiPromise<WebhookEndpointView | Validation> {
    return write(
      this.#connection,
      "POST",
      `/api/v2/webhook_endpoints/${segment("id", id)}/disable`,
      undefined,
      options,
    );
  }

  /**
   * Deletes a webhook endpoint. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  delete(id: string, options?: CallOptions): ApiPromise<DeletedWebhookEndpoint>;
  /** Asks whether {@link WebhookEndpoints.delete} would go well, and does nothing. */
  delete(id: string, options: ValidateOptions): ApiPromise<Validation>;
  delete(id: string, options?: WriteOptions): ApiPromise<DeletedWebhookEndpoint | Validation> {
    return write(this.#connection, "POST", `/api/v2/webhook_endpoints/${segment("id", id)}/delete`, undefined, options);
  }

  /**
   * Replaces a webhook endpoint's secret. Requests carry both signatures as long as you say. Needs the scope
   * `manage`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  rollSecret(id: string, params: WebhookSecretRollParams, options?: CallOptions): ApiPromise<RolledWebhookEndpoint>;
  /** Asks whether {@link WebhookEndpoints.rollSecret} would go well, and does nothing. */
  rollSecret(id: string, params: WebhookSecretRollParams, options: ValidateOptions): ApiPromise<Validation>;
  rollSecret(
    id: string,
    params: WebhookSecretRollParams,
    options?: WriteOptions,
  ): ApiPromise<RolledWebhookEndpoint | Validation> {
    return write(
      this.#connection,
      "POST",
      `/api/v2/webhook_endpoints/${segment("id", id)}/roll_secret`,
      params,
      options,
    );
  }

  /**
   * Sends a webhook endpoint a test event, at most every 20 seconds. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  test(id: string, options?: CallOptions): ApiPromise<WebhookDeliveryView>;
  /** Asks whether {@link WebhookEndpoints.test} would go well, and does nothing. */
  test(id: string, options: ValidateOptions): ApiPromise<Validation>;
  test(id: string, options?: WriteOptions): ApiPromise<WebhookDeliveryView | Validation> {
    return write(this.#connection, "POST", `/api/v2/webhook_endpoints/${segment("id", id)}/test`, undefined, options);
  }

  /**
   * Sends a webhook endpoint again all that failed since a time. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  recover(id: string, params: WebhookRecoverParams, options?: CallOptions): ApiPromise<WebhookRecovery>;
  /** Asks whether {@link WebhookEndpoints.recover} would go well, and does nothing. */
  recover(id: string, params: WebhookRecoverParams, options: ValidateOptions): ApiPromise<Validation>;
  recover(id: string, params: WebhookRecoverParams, options?: WriteOptions): ApiPromise<WebhookRecovery | Validation> {
    return write(this.#connection, "POST", `/api/v2/webhook_endpoints/${segment("id", id)}/recover`, params, options);
  }

  /**
   * Sends a webhook endpoint again all that happened in a time. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  replay(id: string, params: WebhookReplayParams, options?: CallOptions): ApiPromise<WebhookReplay>;
  /** Asks whether {@link WebhookEndpoints.replay} would go well, and does nothing. */
  replay(id: string, params: WebhookReplayParams, options: ValidateOptions): ApiPromise<Validation>;
  replay(id: string, params: WebhookReplayParams, options?: WriteOptions): ApiPromise<WebhookReplay | Validation> {
    return write(this.#connection, "POST", `/api/v2/webhook_endpoints/${segment("id", id)}/replay`, params, options);
  }
}
