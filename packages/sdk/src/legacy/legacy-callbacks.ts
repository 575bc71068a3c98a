import type { CallOptions, ClientOptions } from "../client-options.ts";
import { SignatureVerificationError } from "../errors/signature-verification-error.ts";
import { ringgit } from "../money.ts";
import { type Connection, openConnection } from "../request/connection.ts";
import { sendCall } from "../request/send-call.ts";
import { openEnvelope } from "./envelope.ts";
import type { LegacyRecord, LegacyStatus } from "./transaction-record.ts";

/** A callback's form: as text, as your framework decoded it, or the one field alone in an object. */
export type LegacyForm =
  | string
  | URLSearchParams
  | FormData
  | { readonly encrypted_transaction_data?: unknown; readonly [more: string]: unknown };

/** Your own order, which a callback is about or is not. */
export interface LegacyOrder {
  readonly invoice: string;
  /** Whole sen. */
  readonly amount: number;
}

/** What became of an order, by the gateway's own word. */
export interface LegacyConfirmation {
  /** True when the gateway says that this order was paid, and with its whole amount. Deliver on nothing else. */
  readonly isPaid: boolean;
  readonly status: LegacyStatus;
  /** What the callback said. It may be older than the status. */
  readonly record: LegacyRecord;
}

/** How the legacy callbacks are verified: a merchant key in place of an API key, and otherwise what a client takes. */
export interface LegacyOptions extends Omit<ClientOptions, "apiKey" | "webhookSecret"> {
  /** The collection's merchant key. */
  readonly merchantKey: string;
}

function sealedOf(form: LegacyForm): string {
  const name = "encrypted_transaction_data";
  const fields = typeof form === "string" ? new URLSearchParams(form) : form;
  const value =
    fields instanceof URLSearchParams || fields instanceof FormData ? fields.get(name) : (fields[name] ?? null);
  if (typeof value === "string" && value !== "") return value;
  throw new SignatureVerificationError(
    "headers_missing",
    "The callback has no encrypted_transaction_data. encoded_transaction_data alone proves nothing: anybody can post it.",
  );
}

/** Callbacks of the KineticPay wire protocol, for shops that have not moved to v2 webhooks yet. */
export class LegacyCallbacks {
  readonly #merchantKey: string;
  readonly #connection: Connection;

  /** @throws TypeError for a `baseURL`, a time or a number that cannot be; never because of the key */
  constructor(options: LegacyOptions) {
    const { merchantKey, ...others } = options;
    this.#merchantKey = merchantKey;
    this.#connection = openConnection({ ...others, apiKey: () => "" });
  }

  /**
   * The record that the gateway sent. It can be about another order, or about an attempt that failed before: use
   * {@link LegacyCallbacks.confirm} to decide anything.
   * @throws SignatureVerificationError when somebody else made it, or with another key
   */
  async open(form: LegacyForm): Promise<LegacyRecord> {
    const text = await openEnvelope(this.#merchantKey, sealedOf(form));
    return (JSON.parse(text) as { readonly record: LegacyRecord }).record;
  }

  /**
   * Opens a callback, holds it against your order, and asks the gateway with `/payment/status` before anything is believed.
   * @throws SignatureVerificationError when it is forged, or about another order; and what {@link LegacyCallbacks.status} throws
   */
  async confirm(form: LegacyForm, order: LegacyOrder, options?: CallOptions): Promise<LegacyConfirmation> {
    const record = await this.open(form);
    const amount = ringgit(order.amount);
    if (record.order_number !== order.invoice || record.order_amount !== amount) {
      throw new SignatureVerificationError(
        "order_differs",
        `The callback is genuine, and about ${record.order_number} of RM ${record.order_amount}, not about ${order.invoice} of RM ${amount}. It may have been taken from another order: look your order up instead.`,
      );
    }
    const status = await this.status(order.invoice, options);
    const isPaid = status.code === "00" && status.invoice === order.invoice && status.amount === amount;
    return { isPaid, status, record };
  }

  /**
   * What became of an invoice. The key travels in the body, where no log of addresses keeps it.
   * @throws AuthenticationError, InvalidRequestError, NotFoundError, RateLimitError, ApiError, UnavailableError,
   * ConnectionError, CircuitOpenError, AbortedError
   */
  async status(invoice: string, options?: CallOptions): Promise<LegacyStatus> {
    const body = { merchant_key: this.#merchantKey, invoice };
    const call = { method: "POST", path: "/payment/status", body, options, changesNothing: true } as const;
    return (await sendCall(this.#connection, call)).data as LegacyStatus;
  }
}
