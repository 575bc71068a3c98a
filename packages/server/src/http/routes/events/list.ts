import { type EventType, eventTypes } from "@kineticpay/contract/events/catalogue";
import { array, boolean, closed, literal, object, oneOf, optional, string } from "@kineticpay/contract/json-schema";
import { readEvents } from "../../../webhooks/read.ts";
import { reachOf } from "../../reach.ts";
import type { Route } from "../../route.ts";
import { defaultPage, limitSchema } from "../page-schema.ts";
import { edgeSchema, readMoment } from "../period-schema.ts";
import { eventIdPattern, eventSchema } from "./event-schema.ts";

interface Query {
  readonly limit?: string;
  readonly starting_after?: string;
  readonly type?: EventType;
  readonly payment?: string;
  readonly created_after?: string;
  readonly created_before?: string;
}

const query = closed({
  limit: limitSchema,
  starting_after: optional(
    string({ pattern: eventIdPattern, description: "the id of the last event of the page before" }),
  ),
  type: optional(oneOf(eventTypes, 'a type of event, such as "payment.paid"')),
  payment: optional(
    string({ pattern: "^pay_[0-9A-HJKMNP-TV-Z]{26}$", description: "the id of a payment, for its events alone" }),
  ),
  created_after: edgeSchema("events", "after"),
  created_before: edgeSchema("events", "before"),
});

/** What happened, newest first. A key with `manage` also sees what happened to keys, collections and endpoints. */
export const listEvents: Route<unknown, Query> = {
  method: "GET",
  url: "/api/v2/events",
  summary: "List events",
  scope: "payments:read",
  query,
  answer: object({ object: literal("list"), data: array(eventSchema), has_more: boolean() }),
  errors: ["fields_invalid"],
  handle: async ({ gateway, caller, query: asked }) => {
    const page = await readEvents(gateway, {
      ...reachOf(caller),
      limit: asked.limit === undefined ? defaultPage : Number(asked.limit),
      startingAfter: asked.starting_after ?? null,
      type: asked.type ?? null,
      paymentId: asked.payment ?? null,
      createdAfter: readMoment(asked.created_after),
      createdBefore: readMoment(asked.created_before),
    });
    return { object: "list", data: page.items, has_more: page.hasMore };
  },
};
