import { array, boolean, closed, literal, object, optional, string } from "@kineticpay/contract/json-schema";
import { endpointSchema } from "@kineticpay/contract/webhook-endpoint";
import { endpointView } from "../../../callbacks/endpoints.ts";
import { readEndpoints } from "../../../webhooks/read.ts";
import type { Route } from "../../route.ts";
import { defaultPage, limitSchema } from "../page-schema.ts";
import { endpointIdPattern } from "./endpoint-fields.ts";

interface Query {
  readonly limit?: string;
  readonly starting_after?: string;
}

const query = closed({
  limit: limitSchema,
  starting_after: optional(
    string({ pattern: endpointIdPattern, description: "the id of the last endpoint of the page before" }),
  ),
});

/** The merchant's endpoints, newest first. */
export const listEndpoints: Route<unknown, Query> = {
  method: "GET",
  url: "/api/v2/webhook_endpoints",
  summary: "List webhook endpoints",
  scope: "manage",
  query,
  answer: object({ object: literal("list"), data: array(endpointSchema), has_more: boolean() }),
  errors: ["fields_invalid"],
  handle: async ({ gateway, caller, query: asked }) => {
    const page = await readEndpoints(gateway, {
      merchantId: caller.merchantId,
      limit: asked.limit === undefined ? defaultPage : Number(asked.limit),
      startingAfter: asked.starting_after ?? null,
    });
    return { object: "list", data: page.items.map(endpointView), has_more: page.hasMore };
  },
};
