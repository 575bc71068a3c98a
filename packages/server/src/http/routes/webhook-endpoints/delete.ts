import { boolean, literal, object, string } from "@kineticpay/contract/json-schema";
import { deleteEndpoint } from "../../../webhooks/change-endpoints.ts";
import { actorOf, orMissing } from "../../actor.ts";
import type { Route } from "../../route.ts";
import { endpointParams } from "./endpoint-fields.ts";

/** Takes an endpoint away for good. What it was sent stays on record. */
export const deleteEndpointRoute: Route<{ id: string }> = {
  method: "POST",
  url: "/api/v2/webhook_endpoints/:id/delete",
  summary: "Delete a webhook endpoint",
  scope: "manage",
  params: endpointParams,
  answer: object({ id: string(), object: literal("webhook_endpoint"), deleted: boolean() }),
  errors: ["resource_missing"],
  handle: async (call) => {
    const { id } = call.params;
    orMissing(await deleteEndpoint(call.gateway, actorOf(call), id), "webhook_endpoint", id);
    return { id, object: "webhook_endpoint", deleted: true };
  },
};
