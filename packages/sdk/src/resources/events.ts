import type { EventType } from "@kineticpay/contract/events/catalogue";
import type { ApiPromise } from "../api-promise.ts";
import type { CallOptions } from "../client-options.ts";
import type { ListPromise } from "../page.ts";
import { segment } from "../request/call.ts";
import type { Connection } from "../request/connection.ts";
import type { KineticPayEvent } from "../webhooks/event.ts";
import { list, read } from "./calls.ts";
import type { PageParams, PeriodParams } from "./list-params.ts";

/** Which events to list. */
export interface EventListParams extends PageParams, PeriodParams {
  readonly type?: EventType | undefined;
  /** The id of a payment, for its events alone. */
  readonly payment?: string | undefined;
}

/** Events: everything that has happened, whether or not anybody was told. */
export class Events {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Lists events, the newest first. Needs the scope `payments:read`.
   * @throws AuthenticationError, InvalidRequestError, RateLimitError, ApiError, UnavailableError, ConnectionError,
   * CircuitOpenError, AbortedError
   */
  list(params: EventListParams = {}, options?: CallOptions): ListPromise<KineticPayEvent> {
    return list(this.#connection, "/api/v2/events", params, options);
  }

  /**
   * Reads an event. Needs the scope `payments:read`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  retrieve(id: string, options?: CallOptions): ApiPromise<KineticPayEvent> {
    return read(this.#connection, `/api/v2/events/${segment("id", id)}`, undefined, options);
  }
}
