import { closed, optional } from "@kineticpay/contract/json-schema";
import { endpointSchema } from "@kineticpay/contract/webhook-endpoint";
import { endpointView } from "../../../callbacks/endpoints.ts";
import { changeEndpoint } from "../../../webhooks/change-endpoints.ts";
import { actorOf, orMissing } from "../../actor.ts";
import type { Route } from "../../route.ts";
import { endpointDescriptionSchema, endpointParams, endpointUrlSchema, subscriptionSchema } from "./endpoint-fields.ts";

interface Body {
  readonly url?: string;
  readonly events?: readonly string[];
  readonly description?: string;
}

const body = closed({
  url: optional(endpointUrlSchema),
  events: optional(subscriptionSchema),
  description: optional(endpointDescriptionSchema),
});

/** Changes an endpoint; what is left out stays. What waits to be sent goes to the new address. */
export const updateEndpointRoute: Route<{ id: string }, unknown, Body> = {
  method: "PATCH",
  url: "/api/v2/webhook_endpoints/:id",
  summary: "Change a webhook endpoint",
  scope: "manage",
  params: endpointParams,
  body,
  answer: endpointSchema,
  errors: ["json_malformed", "body_too_large", "media_type_unsupported", "fields_invalid", "resource_missing"],
  handle: async (call) => {
    const { id } = call.params;
    const { url, events, description } = call.body;
    const changed = await changeEndpoint(call.gateway, actorOf(call), id, {
      ...(url === undefined ? {} : { url }),
      ...(events === undefined ? {} : { eventTypes: events }),
      ...(description === undefined ? {} : { description }),
    });
    return endpointView(orMissing(changed, "webhook_endpoint", id));
  },
};
