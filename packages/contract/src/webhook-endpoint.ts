import { array, literal, nullable, object, oneOf, string } from "./json-schema.ts";

export const endpointStatuses = ["enabled", "disabled"] as const;

/**
 * Why an endpoint is told nothing: its merchant asked for that, it answered 410 Gone, or every attempt of five days
 * failed.
 */
export const disabledReasons = ["requested", "gone", "failing"] as const;
export type DisabledReason = (typeof disabledReasons)[number];

/** An address that a merchant wants to be told of events at. Its secret is shown once, in the answer that makes it. */
export interface WebhookEndpointView {
  readonly id: string;
  readonly object: "webhook_endpoint";
  /** The collection whose events it hears of; null for all of the merchant's. */
  readonly collection: string | null;
  readonly url: string;
  readonly description: string;
  /** Types of events, groups such as `payment.*`, or `*`. */
  readonly events: readonly string[];
  readonly status: (typeof endpointStatuses)[number];
  readonly disabled_reason: DisabledReason | null;
  readonly disabled_at: string | null;
  /** Since when every attempt has failed; null while the last one went well. */
  readonly failing_since: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export const endpointProperties = {
  id: string(),
  object: literal("webhook_endpoint"),
  collection: nullable("string"),
  url: string(),
  description: string(),
  events: array(string()),
  status: oneOf(endpointStatuses, "whether it is told of events"),
  disabled_reason: { type: ["string", "null"] as never, enum: [...disabledReasons, null] },
  disabled_at: nullable("string"),
  failing_since: nullable("string"),
  created_at: string(),
  updated_at: string(),
};
export const endpointSchema = object(endpointProperties);
