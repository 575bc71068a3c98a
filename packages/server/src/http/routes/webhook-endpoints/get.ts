import { endpointSchema } from "@kineticpay/contract/webhook-endpoint";
import { endpointView } from "../../../callbacks/endpoints.ts";
import { readEndpoint } from "../../../webhooks/read.ts";
import { actorOf, orMissing } from "../../actor.ts";
import type { Route } from "../../route.ts";
import { endpointParams } from "./endpoint-fields.ts";

/** An endpoint, with whether and since when it fails, and why it was switched off if it was. */
export const getEndpoint: Route<{ id: string }> = {
  method: "GET",
  url: "/api/v2/webhook_endpoints/:id",
  summary: "Read a webhook endpoint",
  scope: "manage",
  params: endpointParams,
  answer: endpointSchema,
  errors: ["resource_missing"],
  handle: async (call) => {
    const { id } = call.params;
    return endpointView(orMissing(await readEndpoint(call.gateway, actorOf(call), id), "webhook_endpoint", id));
  },
};
