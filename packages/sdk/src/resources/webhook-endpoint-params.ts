import type { EventType } from "@kineticpay/contract/events/catalogue";
import type { WebhookEndpointView } from "@kineticpay/contract/webhook-endpoint";

/** A type of event, a group of them, or everything. */
export type Subscription =
  | Exclude<EventType, "webhook_endpoint.test">
  | "*"
  | "payment.*"
  | "bank.*"
  | "api_key.*"
  | "collection.*"
  | "webhook_endpoint.*";

/** A new endpoint, with its secret, which is shown this once. */
export interface NewWebhookEndpoint extends WebhookEndpointView {
  readonly secret: string;
}

/** An endpoint with its new secret, which is shown this once. */
export interface RolledWebhookEndpoint extends NewWebhookEndpoint {
  /** Until then requests carry both signatures. */
  readonly old_secret_valid_until: string;
}

/** An endpoint that is no more. */
export interface DeletedWebhookEndpoint {
  readonly id: string;
  readonly object: "webhook_endpoint";
  readonly deleted: boolean;
}

/** How much of what had failed is due again. */
export interface WebhookRecovery {
  readonly object: "webhook_recovery";
  readonly queued: number;
  /** True when there was more than one call takes: call again for the rest. */
  readonly has_more: boolean;
}

/** How much of what had happened is due again. */
export interface WebhookReplay {
  readonly object: "webhook_replay";
  readonly queued: number;
  /** True when there was more than one call takes: call again with `starting_after: last_event`. */
  readonly has_more: boolean;
  readonly last_event: string | null;
}

/** What a new endpoint is to be. */
export interface WebhookEndpointCreateParams {
  /** Where events are posted: absolute, http or https. */
  readonly url: string;
  /** Everything when left out. */
  readonly events?: readonly Subscription[] | undefined;
  /** Up to 500 characters. */
  readonly description?: string | undefined;
  /** The id of a collection of yours, to hear of it alone; of all of them when left out. */
  readonly collection?: string | undefined;
}

/** What of an endpoint is to change; what is left out stays as it is. */
export interface WebhookEndpointUpdateParams {
  readonly url?: string | undefined;
  readonly events?: readonly Subscription[] | undefined;
  readonly description?: string | undefined;
}

/** How a secret is replaced. */
export interface WebhookSecretRollParams {
  /** Whole hours for which requests are signed with the old secret too, 0 to 168 (seven days). */
  readonly overlap_hours: number;
}

/** What is to be sent again, of what failed. */
export interface WebhookRecoverParams {
  /** A time of the last 30 days, such as `"2026-01-31T16:00:00Z"`. */
  readonly since: string;
}

/** What is to be sent again, of what happened. */
export interface WebhookReplayParams {
  /** A time of the last 30 days, such as `"2026-01-31T16:00:00Z"`. */
  readonly from: string;
  /** Up to and not including this time; now when left out. */
  readonly to?: string | undefined;
  /** True for only those events that were never planned for this endpoint. */
  readonly only_missing?: boolean | undefined;
  /** The `last_event` of the answer before, when that had more. */
  readonly starting_after?: string | undefined;
}
