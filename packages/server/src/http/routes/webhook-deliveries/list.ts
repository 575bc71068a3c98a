import { array, boolean, closed, literal, object, oneOf, optional, string } from "@kineticpay/contract/json-schema";
import { type DeliveryStatus, deliverySchema, deliveryStatuses } from "@kineticpay/contract/webhook-delivery";
import { readDeliveries } from "../../../webhooks/read.ts";
import { reachOf } from "../../reach.ts";
import type { Route } from "../../route.ts";
import { eventIdPattern } from "../events/event-schema.ts";
import { defaultPage, limitSchema } from "../page-schema.ts";
import { endpointIdPattern } from "../webhook-endpoints/endpoint-fields.ts";

interface Query {
  readonly limit?: string;
  readonly starting_after?: string;
  readonly webhook_endpoint?: string;
  readonly event?: string;
  readonly status?: DeliveryStatus;
}

const query = closed({
  limit: limitSchema,
  starting_after: optional(
    string({ pattern: "^dlv_[0-9A-HJKMNP-TV-Z]{26}$", description: "the id of the last delivery of the page before" }),
  ),
  webhook_endpoint: optional(string({ pattern: endpointIdPattern, description: "the id of an endpoint" })),
  event: optional(string({ pattern: eventIdPattern, description: "the id of an event" })),
  status: optional(oneOf(deliveryStatuses, `one of ${deliveryStatuses.join(", ")}`)),
});

/**
 * Who was told of what, newest first. A key with `manage` sees all of the merchant's deliveries, any other those to the
 * callback addresses of its collection's payments.
 */
export const listDeliveries: Route<unknown, Query> = {
  method: "GET",
  url: "/api/v2/webhook_deliveries",
  summary: "List deliveries of webhooks and callbacks",
  scope: "payments:read",
  query,
  answer: object({ object: literal("list"), data: array(deliverySchema), has_more: boolean() }),
  errors: ["fields_invalid"],
  handle: async ({ gateway, caller, query: asked }) => {
    const page = await readDeliveries(gateway, {
      ...reachOf(caller),
      limit: asked.limit === undefined ? defaultPage : Number(asked.limit),
      startingAfter: asked.starting_after ?? null,
      endpointId: asked.webhook_endpoint ?? null,
      eventId: asked.event ?? null,
      status: asked.status ?? null,
    });
    return { object: "list", data: page.items, has_more: page.hasMore };
  },
};
