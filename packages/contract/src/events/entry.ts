import type { Schema } from "../json-schema.ts";

/** The form in which a payment's own callback address is told. */
export type CallbackFormat = "v2" | "wire";

/**
 * Who may read an event: every key of the payment's collection, only keys that may manage the merchant, or every key of
 * every merchant, because it is about the bank network.
 */
export type EventAudience = "collection" | "management" | "everybody";

/** What the catalogue knows of one type of event. */
export interface EventEntry<Data = unknown> {
  /** One line for lists. */
  readonly summary: string;
  /** Exactly when it is recorded. */
  readonly recorded: string;
  readonly audience: EventAudience;
  /** The callback addresses of payments that hear of it, beside endpoints that are subscribed. */
  readonly callbacks: readonly CallbackFormat[];
  /** What `data` is, by the name that the OpenAPI document gives it. */
  readonly dataName: "Payment" | "ApiKey" | "Collection" | "BankStatus" | "WebhookEndpoint";
  readonly schema: Schema;
  /** Such a `data`, whole. */
  readonly example: Data;
}
