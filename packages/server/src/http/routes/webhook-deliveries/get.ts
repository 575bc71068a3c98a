import { object, string } from "@kineticpay/contract/json-schema";
import { fullDeliverySchema } from "@kineticpay/contract/webhook-delivery";
import { readDelivery } from "../../../webhooks/read.ts";
import { orMissing } from "../../actor.ts";
import { reachOf } from "../../reach.ts";
import type { Route } from "../../route.ts";

/** A delivery with what is sent, and for every attempt when it was, how long it took and what was answered. */
export const getDelivery: Route<{ id: string }> = {
  method: "GET",
  url: "/api/v2/webhook_deliveries/:id",
  summary: "Read a delivery and its attempts",
  scope: "payments:read",
  params: object({ id: string() }),
  answer: fullDeliverySchema,
  errors: ["resource_missing"],
  handle: async ({ gateway, caller, params }) =>
    orMissing(await readDelivery(gateway, reachOf(caller), params.id), "webhook_delivery", params.id),
};
