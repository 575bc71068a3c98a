import type { CollectionView } from "@kineticpay/contract/collection";
import type { ApiPromise } from "../api-promise.ts";
import type { CallOptions, ValidateOptions, WriteOptions } from "../client-options.ts";
import type { ListPromise } from "../page.ts";
import { segment } from "../request/call.ts";
import type { Connection } from "../request/connection.ts";
import { list, read, write } from "./calls.ts";
import type { IpAllowList, IpAllowListParams } from "./ip-allow-list.ts";
import type { PageParams } from "./list-params.ts";
import type { Validation } from "./validation.ts";

/** A new collection, with what is shown this once. */
export interface NewCollection extends CollectionView {
  /** The key for the KineticPay wire protocol. */
  readonly merchant_key: { readonly id: string; readonly key: string };
  /** Verifies the callbacks of this collection's payments. */
  readonly signing_secret: string;
}

/** What a new collection is to be. */
export interface CollectionCreateParams {
  /** 1 to 120 characters, such as `"Kedai Kopi Online"`. */
  readonly name: string;
  /** Absolute, http or https, such as `"https://shop.example"`. */
  readonly website: string;
}

/** What of a collection is to change; what is left out stays as it is. */
export interface CollectionUpdateParams {
  readonly name?: string | undefined;
  readonly website?: string | undefined;
  /** Whether the collection's keys may call. */
  readonly api_enabled?: boolean | undefined;
  /** True to go on although the key that makes the call would be shut out. */
  readonly force?: boolean | undefined;
}

/** Collections: the shops of a merchant, each with keys of its own. */
export class Collections {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Creates a collection. Its secrets are in this answer and never shown again. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, RateLimitError, ApiError, UnavailableError, ConnectionError,
   * CircuitOpenError, AbortedError
   */
  create(params: CollectionCreateParams, options?: CallOptions): ApiPromise<NewCollection>;
  /** Asks whether {@link Collections.create} would go well, and does nothing. */
  create(params: CollectionCreateParams, options: ValidateOptions): ApiPromise<Validation>;
  create(params: CollectionCreateParams, options?: WriteOptions): ApiPromise<NewCollection | Validation> {
    return write(this.#connection, "POST", "/api/v2/collections", params, options);
  }

  /**
   * Reads a collection. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  retrieve(id: string, options?: CallOptions): ApiPromise<CollectionView> {
    return read(this.#connection, `/api/v2/collections/${segment("id", id)}`, undefined, options);
  }

  /**
   * Changes a collection, or switches its API on or off. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  update(id: string, params: CollectionUpdateParams, options?: CallOptions): ApiPromise<CollectionView>;
  /** Asks whether {@link Collections.update} would go well, and does nothing. */
  update(id: string, params: CollectionUpdateParams, options: ValidateOptions): ApiPromise<Validation>;
  update(id: string, params: CollectionUpdateParams, options?: WriteOptions): ApiPromise<CollectionView | Validation> {
    return write(this.#connection, "PATCH", `/api/v2/collections/${segment("id", id)}`, params, options);
  }

  /**
   * Lists collections, the newest first. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, RateLimitError, ApiError, UnavailableError, ConnectionError,
   * CircuitOpenError, AbortedError
   */
  list(params: PageParams = {}, options?: CallOptions): ListPromise<CollectionView> {
    return list(this.#connection, "/api/v2/collections", params, options);
  }

  /**
   * Reads from where a collection's keys may call. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  retrieveIpAllowList(id: string, options?: CallOptions): ApiPromise<IpAllowList> {
    return read(this.#connection, `/api/v2/collections/${segment("id", id)}/ip_allow_list`, undefined, options);
  }

  /**
   * Sets from where a collection's keys may call. The list is replaced whole. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  replaceIpAllowList(id: string, params: IpAllowListParams, options?: CallOptions): ApiPromise<IpAllowList>;
  /** Asks whether {@link Collections.replaceIpAllowList} would go well, and does nothing. */
  replaceIpAllowList(id: string, params: IpAllowListParams, options: ValidateOptions): ApiPromise<Validation>;
  replaceIpAllowList(
    id: string,
    params: IpAllowListParams,
    options?: WriteOptions,
  ): ApiPromise<IpAllowList | Validation> {
    return write(this.#connection, "PUT", `/api/v2/collections/${segment("id", id)}/ip_allow_list`, params, options);
  }
}
