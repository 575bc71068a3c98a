import { ApiPromise } from "./api-promise.ts";
import type { CallOptions, ClientOptions } from "./client-options.ts";
import { isBrowser } from "./environment.ts";
import type { BreakerState } from "./request/circuit-breaker.ts";
import { type Connection, openConnection } from "./request/connection.ts";
import { sendCall } from "./request/send-call.ts";
import { ApiKeys } from "./resources/api-keys.ts";
import { Banks } from "./resources/banks.ts";
import { read } from "./resources/calls.ts";
import { Collections } from "./resources/collections.ts";
import { ErrorCodes } from "./resources/error-codes.ts";
import { Events } from "./resources/events.ts";
import { Payments } from "./resources/payments.ts";
import { Requests } from "./resources/requests.ts";
import { Sandbox } from "./resources/sandbox.ts";
import { WebhookDeliveries } from "./resources/webhook-deliveries.ts";
import { WebhookEndpoints } from "./resources/webhook-endpoints.ts";
import type { Pong, Whoami } from "./resources/whoami.ts";
import { Webhooks } from "./webhooks/webhooks.ts";

/** How the breaker of a client stands. */
export interface BreakerStatus {
  readonly host: string;
  readonly state: BreakerState;
  /** Failures in a row. */
  readonly failures: number;
  /** When one call may try; undefined unless it is open. */
  readonly retryAt: Date | undefined;
}

/** A call by its address, for what has no method yet. */
export interface RawCall {
  readonly method: "GET" | "POST" | "PATCH" | "PUT";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  readonly body?: unknown;
}

/**
 * A client of the gateway. Make one and keep it: its circuit breaker and its retry budget learn from all of its calls.
 * It holds its key where neither `console.log` nor `JSON.stringify` finds it.
 */
export class KineticPay {
  readonly payments: Payments;
  readonly banks: Banks;
  readonly collections: Collections;
  readonly apiKeys: ApiKeys;
  readonly events: Events;
  readonly webhookEndpoints: WebhookEndpoints;
  readonly webhookDeliveries: WebhookDeliveries;
  readonly errorCodes: ErrorCodes;
  readonly requests: Requests;
  readonly sandbox: Sandbox;
  /** Verifies webhooks; calls nothing. */
  readonly webhooks: Webhooks;
  readonly #connection: Connection;
  readonly #options: ClientOptions;

  /**
   * @throws TypeError for a `baseURL`, a time or a number that cannot be, and in a page of a browser, where a key would be
   * everybody's. Never because of a key, or the lack of one: the gateway says what is wrong with it.
   */
  constructor(options: ClientOptions = {}) {
    if (isBrowser() && options.dangerouslyAllowBrowser !== true) {
      throw new TypeError(
        "This is a page of a browser, and whoever opens it could read the API key. Call the gateway from your server; where you know what you do, pass dangerouslyAllowBrowser: true.",
      );
    }
    const connection = openConnection(options);
    this.#connection = connection;
    this.#options = options;
    this.payments = new Payments(connection);
    this.banks = new Banks(connection);
    this.collections = new Collections(connection);
    this.apiKeys = new ApiKeys(connection);
    this.events = new Events(connection);
    this.webhookEndpoints = new WebhookEndpoints(connection);
    this.webhookDeliveries = new WebhookDeliveries(connection);
    this.errorCodes = new ErrorCodes(connection);
    this.requests = new Requests(connection);
    this.sandbox = new Sandbox(connection);
    this.webhooks = new Webhooks({ secret: options.webhookSecret });
  }

  /** Where the gateway is, without a slash at its end. */
  get baseURL(): string {
    return this.#connection.baseUrl;
  }

  /** How the circuit breaker stands now; undefined when there is none. */
  get breaker(): BreakerStatus | undefined {
    const { breaker } = this.#connection;
    if (breaker === undefined) return undefined;
    const { host, state, failures, retryAt } = breaker;
    return { host, state, failures, retryAt };
  }

  /**
   * Calls what this version has no method for. It is retried, timed and told to hooks as every other call.
   * @param call.path from its first slash on, such as `"/api/v2/payments"`, with everything in it escaped
   * @throws TypeError for a path that could lead to another host, and every KineticPayError
   */
  request<T>(call: RawCall, options?: CallOptions): ApiPromise<T> {
    if (!/^\/(?!\/)[^\\?#\s]*$/.test(call.path)) {
      throw new TypeError('path begins with one slash, such as "/api/v2/payments"; its query goes into query');
    }
    return new ApiPromise(sendCall(this.#connection, { ...call, options }), ({ data }) => data as T);
  }

  /** Another client with these options and otherwise this one's, with a breaker and a budget of its own. */
  withOptions(options: ClientOptions): KineticPay {
    return new KineticPay({ ...this.#options, ...options });
  }

  /**
   * Checks that calls work.
   * @throws AuthenticationError, InvalidRequestError, RateLimitError, ApiError, UnavailableError, ConnectionError,
   * CircuitOpenError, AbortedError
   */
  ping(options?: CallOptions): ApiPromise<Pong> {
    return read(this.#connection, "/api/v2/ping", undefined, options);
  }

  /**
   * Shows what the key is and may do, and where this call came from as the gateway sees it.
   * @throws AuthenticationError, InvalidRequestError, RateLimitError, ApiError, UnavailableError, ConnectionError,
   * CircuitOpenError, AbortedError
   */
  whoami(options?: CallOptions): ApiPromise<Whoami> {
    return read(this.#connection, "/api/v2/whoami", undefined, options);
  }
}
