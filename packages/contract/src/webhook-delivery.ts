import { array, boolean, integer, literal, nullable, object, oneOf, string } from "./json-schema.ts";

export const deliveryStatuses = ["pending", "delivered", "failed"] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/**
 * What came of one attempt. `rejected`: an answer that is not 2xx; `redirected`: a 3xx, which is not followed; `gone`: a
 * 410; `timed_out` and `unreachable`: no answer; `blocked`: this gateway sends nothing to such an address; `not_sent`: the
 * gateway could not send it.
 */
export const attemptOutcomes = [
  "delivered",
  "rejected",
  "redirected",
  "gone",
  "timed_out",
  "unreachable",
  "blocked",
  "not_sent",
] as const;
export type AttemptOutcome = (typeof attemptOutcomes)[number];

/** One event on its way to one receiver: an endpoint, or the callback address of a payment. */
export interface WebhookDeliveryView {
  readonly id: string;
  readonly object: "webhook_delivery";
  readonly event: string;
  readonly event_type: string;
  readonly payment: string | null;
  readonly collection: string | null;
  /** Null for a payment's callback address. */
  readonly webhook_endpoint: string | null;
  readonly url: string;
  /** `v2` is signed by Standard Webhooks; `wire` is the form of the KineticPay protocol. */
  readonly format: "v2" | "wire";
  readonly status: DeliveryStatus;
  readonly attempt_count: number;
  readonly next_attempt_at: string | null;
  readonly last_attempt_at: string | null;
  readonly last_outcome: AttemptOutcome | null;
  readonly last_status: number | null;
  readonly last_message: string | null;
  readonly created_at: string;
  /** When it was first acknowledged, also if it was sent again since. */
  readonly delivered_at: string | null;
}

export interface DeliveryAttemptView {
  readonly id: string;
  readonly number: number;
  readonly url: string;
  readonly started_at: string;
  readonly duration_ms: number;
  readonly outcome: AttemptOutcome;
  readonly message: string;
  /** The status that was answered; null when nothing was. */
  readonly status: number | null;
  /** The first 512 characters of the answer, escaped. */
  readonly answer: string;
  readonly answer_truncated: boolean;
  /** What the answer's Retry-After asked for, in seconds. */
  readonly retry_after: number | null;
}

/** A delivery with what is sent, and every attempt that is still on record, the first one first. */
export interface FullDeliveryView extends WebhookDeliveryView {
  readonly request: {
    readonly method: "POST";
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  readonly attempts: readonly DeliveryAttemptView[];
}

const outcomeSchema = oneOf(attemptOutcomes, "what came of it");

export const deliveryProperties = {
  id: string(),
  object: literal("webhook_delivery"),
  event: string(),
  event_type: string(),
  payment: nullable("string"),
  collection: nullable("string"),
  webhook_endpoint: nullable("string"),
  url: string(),
  format: oneOf(["v2", "wire"], "how it is written and signed"),
  status: oneOf(deliveryStatuses, "where it stands"),
  attempt_count: integer(),
  next_attempt_at: nullable("string"),
  last_attempt_at: nullable("string"),
  last_outcome: { type: ["string", "null"] as never, enum: [...attemptOutcomes, null] },
  last_status: nullable("integer"),
  last_message: nullable("string"),
  created_at: string(),
  delivered_at: nullable("string"),
};
export const deliverySchema = object(deliveryProperties);

export const fullDeliverySchema = object({
  ...deliveryProperties,
  request: object({
    method: literal("POST"),
    url: string(),
    headers: object({}, { additionalProperties: { type: "string" } }),
    body: string({ description: "exactly as it is sent; of the wire protocol without what is encrypted" }),
  }),
  attempts: array(
    object({
      id: string(),
      number: integer(),
      url: string(),
      started_at: string(),
      duration_ms: integer(),
      outcome: outcomeSchema,
      message: string(),
      status: nullable("integer"),
      answer: string({ description: "the first 512 characters of the answer, escaped" }),
      answer_truncated: boolean(),
      retry_after: nullable("integer"),
    }),
  ),
});
