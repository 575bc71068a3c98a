import { closed, object, optional, string } from "@kineticpay/contract/json-schema";
import { endpointProperties } from "@kineticpay/contract/webhook-endpoint";
import { endpointView } from "../../../callbacks/endpoints.ts";
import { createEndpoint } from "../../../webhooks/change-endpoints.ts";
import { actorOf, orMissing } from "../../actor.ts";
import type { Route } from "../../route.ts";
import { endpointDescriptionSchema, endpointUrlSchema, secretSchema, subscriptionSchema } from "./endpoint-fields.ts";

interface Body {
  readonly url: string;
  readonly events?: readonly string[];
  readonly description?: string;
  readonly collection?: string;
}

const body = closed({
  url: endpointUrlSchema,
  events: optional(subscriptionSchema),
  description: optional(endpointDescriptionSchema),
  collection: optional(
    string({
      maxLength: 64,
      format: "plain-text",
      description: "the id of a collection of yours, to hear of its payments and keys alone; all of them when left out",
    }),
  ),
});

/** Makes an endpoint. Its secret is in this answer, and never again. */
export const createEndpointRoute: Route<unknown, unknown, Body> = {
  method: "POST",
  url: "/api/v2/webhook_endpoints",
  summary: "Create a webhook endpoint",
  scope: "manage",
  body,
  answer: object({ ...endpointProperties, secret: secretSchema }),
  errors: ["json_malformed", "body_too_large", "media_type_unsupported", "fields_invalid", "resource_missing"],
  handle: async (call) => {
    const { url, events, description, collection } = call.body;
    const made = await createEndpoint(call.gateway, actorOf(call), call.caller.merchantId, {
      url,
      description: description ?? "",
      eventTypes: events ?? ["*"],
      collectionId: collection ?? null,
    });
    const { endpoint, secret } = orMissing(made, "collection", collection ?? "");
    return { ...endpointView(endpoint), secret };
  },
};
