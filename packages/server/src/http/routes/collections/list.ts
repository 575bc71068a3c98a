import { collectionSchema } from "@kineticpay/contract/collection";
import { array, boolean, closed, literal, object, optional, string } from "@kineticpay/contract/json-schema";
import { collectionView } from "../../../merchants/collection-view.ts";
import { readCollections } from "../../../merchants/read-collections.ts";
import { actorOf } from "../../actor.ts";
import type { Route } from "../../route.ts";
import { defaultPage, limitSchema } from "../page-schema.ts";
import { collectionIdPattern } from "./collection-schema.ts";

interface Query {
  readonly limit?: string;
  readonly starting_after?: string;
}

const query = closed({
  limit: limitSchema,
  starting_after: optional(
    string({ pattern: collectionIdPattern, description: "the id of the last collection of the page before" }),
  ),
});

/** The merchant's collections, newest first. */
export const listCollections: Route<unknown, Query> = {
  method: "GET",
  url: "/api/v2/collections",
  summary: "List collections",
  scope: "manage",
  query,
  answer: object({ object: literal("list"), data: array(collectionSchema), has_more: boolean() }),
  errors: ["fields_invalid"],
  handle: async (call) => {
    const limit = call.query.limit === undefined ? defaultPage : Number(call.query.limit);
    const startingAfter = call.query.starting_after ?? null;
    const found = await readCollections(call.gateway, actorOf(call), { startingAfter, limit: limit + 1 });
    return { object: "list", data: found.slice(0, limit).map(collectionView), has_more: found.length > limit };
  },
};
