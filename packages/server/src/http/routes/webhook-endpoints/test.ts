import { deliverySchema } from "@kineticpay/contract/webhook-delivery";
import { deliveryView } from "../../../webhooks/read.ts";
import { testEndpoint } from "../../../webhooks/test-endpoint.ts";
import { actorOf, orMissing } from "../../actor.ts";
import type { Route } from "../../route.ts";
import { endpointParams } from "./endpoint-fields.ts";

/** Sends an endpoint a test, and answers with its delivery at once; read that again to see what came of it. */
export const testEndpointRoute: Route<{ id: string }> = {
  method: "POST",
  url: "/api/v2/webhook_endpoints/:id/test",
  summary: "Send a webhook endpoint a test event",
  scope: "manage",
  params: endpointParams,
  answer: deliverySchema,
  errors: ["resource_missing", "state_not_allowed"],
  handle: async (call) => {
    const { id } = call.params;
    return deliveryView(orMissing(await testEndpoint(call.gateway, actorOf(call), id), "webhook_endpoint", id));
  },
};
