import { apiKeySchema } from "@kineticpay/contract/api-key";
import { array, boolean, closed, literal, object, optional, string } from "@kineticpay/contract/json-schema";
import { apiKeyView } from "../../../merchants/api-key-view.ts";
import { readApiKeys } from "../../../merchants/read-api-keys.ts";
import { actorOf } from "../../actor.ts";
import type { Route } from "../../route.ts";
import { collectionIdPattern } from "../collections/collection-schema.ts";
import { defaultPage, limitSchema } from "../page-schema.ts";

interface Query {
  readonly limit?: string;
  readonly starting_after?: string;
  readonly collection?: string;
}

const query = closed({
  limit: limitSchema,
  starting_after: optional(
    string({
      pattern: "^key_[0-9A-HJKMNP-TV-Z]{26}$",
      description: "the id of the last key of the page before",
    }),
  ),
  collection: optional(
    string({ pattern: collectionIdPattern, description: "the id of a collection, for its keys alone" }),
  ),
});

/** The merchant's keys, newest first. */
export const listApiKeys: Route<unknown, Query> = {
  method: "GET",
  url: "/api/v2/api_keys",
  summary: "List keys",
  scope: "manage",
  query,
  answer: object({ object: literal("list"), data: array(apiKeySchema), has_more: boolean() }),
  errors: ["fields_invalid"],
  handle: async (call) => {
    const { gateway, query: asked } = call;
    const limit = asked.limit === undefined ? defaultPage : Number(asked.limit);
    const found = await readApiKeys(gateway, actorOf(call), {
      collectionId: asked.collection ?? null,
      startingAfter: asked.starting_after ?? null,
      limit: limit + 1,
    });
    const data = found.slice(0, limit).map((key) => apiKeyView(gateway, key));
    return { object: "list", data, has_more: found.length > limit };
  },
};
