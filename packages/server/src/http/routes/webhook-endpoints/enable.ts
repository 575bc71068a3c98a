import { endpointSchema } from "@kineticpay/contract/webhook-endpoint";
import { endpointView } from "../../../callbacks/endpoints.ts";
import { switchEndpoint } from "../../../webhooks/change-endpoints.ts";
import { actorOf, orMissing } from "../../actor.ts";
import type { Route } from "../../route.ts";
import { endpointParams } from "./endpoint-fields.ts";

/** Tells an endpoint of what happens from now on. What happened meanwhile can be replayed. */
export const enableEndpoint: Route<{ id: string }> = {
  method: "POST",
  url: "/api/v2/webhook_endpoints/:id/enable",
  summary: "Enable a webhook endpoint again",
  scope: "manage",
  params: endpointParams,
  answer: endpointSchema,
  errors: ["resource_missing"],
  handle: async (call) => {
    const { id } = call.params;
    const changed = await switchEndpoint(call.gateway, actorOf(call), id, "enabled");
    return endpointView(orMissing(changed, "webhook_endpoint", id));
  },
};
