import {
  boolean,
  closed,
  integer,
  literal,
  nullable,
  object,
  optional,
  string,
} from "@kineticpay/contract/json-schema";
import { mostAtOnce, replayDays, replayToEndpoint } from "../../../webhooks/send-again.ts";
import { actorOf, orMissing } from "../../actor.ts";
import type { Route } from "../../route.ts";
import { eventIdPattern } from "../events/event-schema.ts";
import { endpointParams } from "./endpoint-fields.ts";

interface Body {
  readonly from: string;
  readonly to?: string;
  readonly only_missing?: boolean;
  readonly starting_after?: string;
}

const body = closed({
  from: string({
    format: "moment",
    description: `a time of the last ${replayDays} days, such as "2026-01-31T16:00:00Z"`,
  }),
  to: optional(
    string({
      format: "moment",
      description: 'up to and not including this time, such as "2026-02-01T16:00:00Z"; now when left out',
    }),
  ),
  only_missing: optional(
    boolean({ description: "true for only those events that were never planned for this endpoint" }),
  ),
  starting_after: optional(
    string({ pattern: eventIdPattern, description: "the last_event of the answer before, when that had more" }),
  ),
});

/** Sends an endpoint everything again that happened in a time and that it is subscribed to. */
export const replayEndpointRoute: Route<{ id: string }, unknown, Body> = {
  method: "POST",
  url: "/api/v2/webhook_endpoints/:id/replay",
  summary: "Send a webhook endpoint again all that happened in a time",
  scope: "manage",
  params: endpointParams,
  body,
  answer: object({
    object: literal("webhook_replay"),
    queued: integer({ description: "how many deliveries are due now" }),
    has_more: boolean({
      description: `true when there were more than ${mostAtOnce} events: call again with starting_after`,
    }),
    last_event: nullable("string"),
  }),
  errors: [
    "json_malformed",
    "body_too_large",
    "media_type_unsupported",
    "fields_invalid",
    "resource_missing",
    "state_not_allowed",
  ],
  handle: async (call) => {
    const { id } = call.params;
    const { from, to, only_missing: onlyMissing, starting_after: startingAfter } = call.body;
    const done = await replayToEndpoint(call.gateway, actorOf(call), id, {
      from: new Date(from),
      onlyMissing: onlyMissing === true,
      ...(to === undefined ? {} : { to: new Date(to) }),
      ...(startingAfter === undefined ? {} : { startingAfter }),
    });
    const { queued, hasMore, lastEvent } = orMissing(done, "webhook_endpoint", id);
    return { object: "webhook_replay", queued, has_more: hasMore, last_event: lastEvent };
  },
};
