import { object, string } from "@kineticpay/contract/json-schema";
import { deliverySchema } from "@kineticpay/contract/webhook-delivery";
import { deliveryView } from "../../../webhooks/read.ts";
import { resendDelivery } from "../../../webhooks/send-again.ts";
import { orMissing } from "../../actor.ts";
import { reachOf } from "../../reach.ts";
import type { Route } from "../../route.ts";

/** Sends a delivery again now, under the same id, whatever became of it before. */
export const resendDeliveryRoute: Route<{ id: string }> = {
  method: "POST",
  url: "/api/v2/webhook_deliveries/:id/resend",
  summary: "Send a delivery again",
  scope: "payments:write",
  params: object({ id: string() }),
  answer: deliverySchema,
  errors: ["resource_missing", "state_not_allowed"],
  handle: async ({ gateway, caller, params }) =>
    deliveryView(orMissing(await resendDelivery(gateway, reachOf(caller), params.id), "webhook_delivery", params.id)),
};
