import { boolean, closed, integer, literal, object, string } from "@kineticpay/contract/json-schema";
import { mostAtOnce, recoverEndpoint, replayDays } from "../../../webhooks/send-again.ts";
import { actorOf, orMissing } from "../../actor.ts";
import type { Route } from "../../route.ts";
import { endpointParams } from "./endpoint-fields.ts";

interface Body {
  readonly since: string;
}

const body = closed({
  since: string({
    format: "moment",
    description: `a time of the last ${replayDays} days, such as "2026-01-31T16:00:00Z"`,
  }),
});

/** Sends everything again that happened since a time and failed to reach this endpoint. */
export const recoverEndpointRoute: Route<{ id: string }, unknown, Body> = {
  method: "POST",
  url: "/api/v2/webhook_endpoints/:id/recover",
  summary: "Send a webhook endpoint again all that failed since a time",
  scope: "manage",
  params: endpointParams,
  body,
  answer: object({
    object: literal("webhook_recovery"),
    queued: integer({ description: "how many deliveries are due now" }),
    has_more: boolean({ description: `true when more than ${mostAtOnce} had failed: call again for the rest` }),
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
    const done = await recoverEndpoint(call.gateway, actorOf(call), id, new Date(call.body.since));
    const { queued, hasMore } = orMissing(done, "webhook_endpoint", id);
    return { object: "webhook_recovery", queued, has_more: hasMore };
  },
};
