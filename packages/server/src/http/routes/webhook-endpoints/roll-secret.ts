import { closed, integer, object, string } from "@kineticpay/contract/json-schema";
import { endpointProperties } from "@kineticpay/contract/webhook-endpoint";
import { endpointView } from "../../../callbacks/endpoints.ts";
import { longestOverlapHours, rollSecret } from "../../../webhooks/roll-secret.ts";
import { actorOf, orMissing } from "../../actor.ts";
import type { Route } from "../../route.ts";
import { endpointParams, secretSchema } from "./endpoint-fields.ts";

interface Body {
  readonly overlap_hours: number;
}

const body = closed({
  overlap_hours: integer({
    minimum: 0,
    maximum: longestOverlapHours,
    description: `whole hours for which requests are signed with the old secret too, 0 to ${longestOverlapHours} (seven days)`,
  }),
});

/** Replaces an endpoint's secret by a new one, which is in this answer and never again. */
export const rollEndpointSecret: Route<{ id: string }, unknown, Body> = {
  method: "POST",
  url: "/api/v2/webhook_endpoints/:id/roll_secret",
  summary: "Replace a webhook endpoint's secret",
  scope: "manage",
  params: endpointParams,
  body,
  answer: object({
    ...endpointProperties,
    secret: secretSchema,
    old_secret_valid_until: string({ description: "until then requests carry both signatures" }),
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
    const made = await rollSecret(call.gateway, actorOf(call), id, call.body.overlap_hours);
    const { endpoint, secret, oldValidUntil } = orMissing(made, "webhook_endpoint", id);
    return { ...endpointView(endpoint), secret, old_secret_valid_until: oldValidUntil.toISOString() };
  },
};
