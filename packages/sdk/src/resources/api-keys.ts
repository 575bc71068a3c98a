import type { ApiKeyView } from "@kineticpay/contract/api-key";
import type { ApiPromise } from "../api-promise.ts";
import type { CallOptions, ValidateOptions, WriteOptions } from "../client-options.ts";
import type { ListPromise } from "../page.ts";
import { segment } from "../request/call.ts";
import type { Connection } from "../request/connection.ts";
import { list, read, write } from "./calls.ts";
import type { IpAllowList, IpAllowListParams } from "./ip-allow-list.ts";
import type { PageParams } from "./list-params.ts";
import type { Validation } from "./validation.ts";

/** What a key may do: read payments, ask for them and change them, or manage keys, collections and endpoints. */
export type KeyScope = "payments:read" | "payments:write" | "manage";

/** A new key, with the key itself, which is shown this once. */
export interface NewApiKey extends ApiKeyView {
  readonly key: string;
}

/** A key's successor, and the key that it replaces. */
export interface RolledApiKey extends NewApiKey {
  readonly old_key: ApiKeyView;
}

/** What a new key is to be. */
export interface ApiKeyCreateParams {
  /** `"api_key"` for the v2 API, which it is when left out, or `"merchant_key"` for the KineticPay wire protocol. */
  readonly kind?: ApiKeyView["kind"] | undefined;
  /** The id of a collection of yours; that of the calling key when left out. */
  readonly collection?: string | undefined;
  /** What it is for, up to 120 characters. */
  readonly name?: string | undefined;
  readonly scopes?: readonly KeyScope[] | undefined;
  /** A time to come, such as `"2030-01-31T16:00:00Z"`, or null for a key that does not expire. */
  readonly expires_at?: string | null | undefined;
  /** Up to 100 addresses and ranges; an empty list lets every address in. */
  readonly ip_allow_list?: readonly string[] | undefined;
}

/** What of a key is to change; what is left out stays as it is. */
export interface ApiKeyUpdateParams {
  readonly name?: string | undefined;
  readonly scopes?: readonly KeyScope[] | undefined;
  readonly expires_at?: string | null | undefined;
  /** True to go on although the key that makes the call would be shut out. */
  readonly force?: boolean | undefined;
}

/** How a key is revoked. */
export interface ApiKeyRevokeParams {
  /** True to go on although the key that makes the call would be shut out. */
  readonly force?: boolean | undefined;
}

/** How a key is replaced. */
export interface ApiKeyRollParams {
  /** Whole hours for which the old key goes on working, 0 to 168 (seven days). */
  readonly overlap_hours: number;
  /** When the new key expires; null for never. */
  readonly expires_at?: string | null | undefined;
}

/** Which keys to list. */
export interface ApiKeyListParams extends PageParams {
  /** The id of a collection, for its keys alone. */
  readonly collection?: string | undefined;
}

/** API keys, and merchant keys of the KineticPay wire protocol. */
export class ApiKeys {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Creates a key. The key itself is in this answer and never shown again. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  create(params: ApiKeyCreateParams, options?: CallOptions): ApiPromise<NewApiKey>;
  /** Asks whether {@link ApiKeys.create} would go well, and does nothing. */
  create(params: ApiKeyCreateParams, options: ValidateOptions): ApiPromise<Validation>;
  create(params: ApiKeyCreateParams, options?: WriteOptions): ApiPromise<NewApiKey | Validation> {
    return write(this.#connection, "POST", "/api/v2/api_keys", params, options);
  }

  /**
   * Reads what is known of a key. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  retrieve(id: string, options?: CallOptions): ApiPromise<ApiKeyView> {
    return read(this.#connection, `/api/v2/api_keys/${segment("id", id)}`, undefined, options);
  }

  /**
   * Changes a key's name, scopes or expiry. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  update(id: string, params: ApiKeyUpdateParams, options?: CallOptions): ApiPromise<ApiKeyView>;
  /** Asks whether {@link ApiKeys.update} would go well, and does nothing. */
  update(id: string, params: ApiKeyUpdateParams, options: ValidateOptions): ApiPromise<Validation>;
  update(id: string, params: ApiKeyUpdateParams, options?: WriteOptions): ApiPromise<ApiKeyView | Validation> {
    return write(this.#connection, "PATCH", `/api/v2/api_keys/${segment("id", id)}`, params, options);
  }

  /**
   * Lists keys, the newest first. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, RateLimitError, ApiError, UnavailableError, ConnectionError,
   * CircuitOpenError, AbortedError
   */
  list(params: ApiKeyListParams = {}, options?: CallOptions): ListPromise<ApiKeyView> {
    return list(this.#connection, "/api/v2/api_keys", params, options);
  }

  /**
   * Revokes a key: within a second it is refused everywhere. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  revoke(id: string, params?: ApiKeyRevokeParams, options?: CallOptions): ApiPromise<ApiKeyView>;
  /** Asks whether {@link ApiKeys.revoke} would go well, and does nothing. */
  revoke(id: string, params: ApiKeyRevokeParams | undefined, options: ValidateOptions): ApiPromise<Validation>;
  revoke(id: string, params?: ApiKeyRevokeParams, options?: WriteOptions): ApiPromise<ApiKeyView | Validation> {
    return write(this.#connection, "POST", `/api/v2/api_keys/${segment("id", id)}/revoke`, params, options);
  }

  /**
   * Replaces a key by a new one; the old one goes on working as long as you say. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  roll(id: string, params: ApiKeyRollParams, options?: CallOptions): ApiPromise<RolledApiKey>;
  /** Asks whether {@link ApiKeys.roll} would go well, and does nothing. */
  roll(id: string, params: ApiKeyRollParams, options: ValidateOptions): ApiPromise<Validation>;
  roll(id: string, params: ApiKeyRollParams, options?: WriteOptions): ApiPromise<RolledApiKey | Validation> {
    return write(this.#connection, "POST", `/api/v2/api_keys/${segment("id", id)}/roll`, params, options);
  }

  /**
   * Reads from where a key may call. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  retrieveIpAllowList(id: string, options?: CallOptions): ApiPromise<IpAllowList> {
    return read(this.#connection, `/api/v2/api_keys/${segment("id", id)}/ip_allow_list`, undefined, options);
  }

  /**
   * Sets from where a key may call. The list is replaced whole. Needs the scope `manage`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  replaceIpAllowList(id: string, params: IpAllowListParams, options?: CallOptions): ApiPromise<IpAllowList>;
  /** Asks whether {@link ApiKeys.replaceIpAllowList} would go well, and does nothing. */
  replaceIpAllowList(id: string, params: IpAllowListParams, options: ValidateOptions): ApiPromise<Validation>;
  replaceIpAllowList(
    id: string,
    params: IpAllowListParams,
    options?: WriteOptions,
  ): ApiPromise<IpAllowList | Validation> {
    return write(this.#connection, "PUT", `/api/v2/api_keys/${segment("id", id)}/ip_allow_list`, params, options);
  }
}
