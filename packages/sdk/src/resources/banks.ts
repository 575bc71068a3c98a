import type { PaymentModel } from "@kineticpay/contract/payment";
import type { CallOptions } from "../client-options.ts";
import type { ListPromise } from "../page.ts";
import { segment } from "../request/call.ts";
import type { Connection } from "../request/connection.ts";
import { list } from "./calls.ts";
import type { PageParams } from "./list-params.ts";

/** A bank, as buyers can choose it now. */
export interface Bank {
  readonly object: "bank";
  /** Its FPX id, such as `MB2U0227`. */
  readonly id: string;
  readonly name: string;
  readonly online: boolean;
  readonly offline_since: string | null;
}

/** What a list of banks says beside its banks. */
export interface BankListFacts {
  readonly model: string;
  /** When the bank network was asked. */
  readonly as_of: string;
}

/** Which banks to list. */
export interface BankListParams {
  /** Personal accounts (`"b2c"`) or company accounts (`"b2b1"`); personal when left out. */
  readonly model?: PaymentModel | undefined;
}

/** A bank went offline or came back. */
export interface BankStatusChange {
  readonly id: string;
  readonly object: "bank_status_change";
  readonly bank: string;
  readonly model: PaymentModel;
  readonly name: string;
  readonly online: boolean;
  /** When the gateway learnt of this state. */
  readonly since: string;
  /** Since when the state before had lasted. */
  readonly previous_since: string | null;
}

/** Which changes to list. */
export interface BankStatusChangeListParams extends PageParams {
  readonly model?: PaymentModel | undefined;
}

/** The banks that buyers can pay from. */
export class Banks {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Lists banks and whether they are online, as the bank network says. The list is whole: it has one page. Needs the
   * scope `payments:read`.
   * @throws AuthenticationError, InvalidRequestError, RateLimitError, ApiError, BankError, UnavailableError,
   * TimeoutError, ConnectionError, CircuitOpenError, AbortedError
   */
  list(params: BankListParams = {}, options?: CallOptions): ListPromise<Bank, BankListFacts> {
    return list(this.#connection, "/api/v2/banks", params, options);
  }

  /**
   * Lists when a bank went offline and came back, the newest first. Needs the scope `payments:read`.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  listStatusChanges(
    id: string,
    params: BankStatusChangeListParams = {},
    options?: CallOptions,
  ): ListPromise<BankStatusChange> {
    return list(this.#connection, `/api/v2/banks/${segment("id", id)}/status_changes`, params, options);
  }
}
