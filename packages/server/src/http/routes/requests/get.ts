import { readCall } from "../../../request-log/read-calls.ts";
import { reachOf } from "../../reach.ts";
import type { Route } from "../../route.ts";
import { afterPending } from "./after-pending.ts";
import { fullRequestSchema, fullRequestView, requestParams } from "./request-schema.ts";

/** A call as the gateway saw it: what came, what was answered, and how long that took. */
export const getRequest: Route<{ id: string }> = {
  method: "GET",
  url: "/api/v2/requests/:id",
  summary: "Read a logged call",
  scope: "payments:read",
  params: requestParams,
  answer: fullRequestSchema,
  errors: ["resource_missing"],
  handle: async ({ gateway, caller, params, request }) =>
    fullRequestView(
      await afterPending(request, params.id, gateway, () => readCall(gateway, reachOf(caller), params.id)),
    ),
};
