import { readEvent } from "../../../webhooks/read.ts";
import { orMissing } from "../../actor.ts";
import { reachOf } from "../../reach.ts";
import type { Route } from "../../route.ts";
import { eventParams, eventSchema } from "./event-schema.ts";

/** An event exactly as endpoints are sent it. */
export const getEvent: Route<{ id: string }> = {
  method: "GET",
  url: "/api/v2/events/:id",
  summary: "Read an event",
  scope: "payments:read",
  params: eventParams,
  answer: eventSchema,
  errors: ["resource_missing"],
  handle: async ({ gateway, caller, params }) =>
    orMissing(await readEvent(gateway, reachOf(caller), params.id), "event", params.id),
};
