import { collectionSchema } from "@kineticpay/contract/collection";
import { boolean, closed, optional } from "@kineticpay/contract/json-schema";
import { changeCollection } from "../../../merchants/change-collections.ts";
import { collectionView } from "../../../merchants/collection-view.ts";
import { actorOf, orMissing } from "../../actor.ts";
import type { Route } from "../../route.ts";
import { forceSchema } from "../allow-list-schema.ts";
import { collectionParams, nameSchema, websiteSchema } from "./collection-schema.ts";

interface Body {
  readonly name?: string;
  readonly website?: string;
  readonly api_enabled?: boolean;
  readonly force?: boolean;
}

const body = closed({
  name: optional(nameSchema),
  website: optional(websiteSchema),
  api_enabled: optional(boolean({ description: "true or false: whether the collection's keys may call" })),
  force: forceSchema,
});

/** Changes a collection; what is left out stays. Switching off the API of the caller's own collection needs `force`. */
export const updateCollection: Route<{ id: string }, unknown, Body> = {
  method: "PATCH",
  url: "/api/v2/collections/:id",
  summary: "Change a collection, or switch its API on or off",
  scope: "manage",
  params: collectionParams,
  body,
  answer: collectionSchema,
  errors: ["json_malformed", "body_too_large", "media_type_unsupported", "fields_invalid", "resource_missing"],
  handle: async (call) => {
    const { id } = call.params;
    const { name, website, api_enabled: apiEnabled, force } = call.body;
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(website === undefined ? {} : { website }),
      ...(apiEnabled === undefined ? {} : { apiEnabled }),
    };
    const changed = await changeCollection(call.gateway, actorOf(call), id, change, force);
    return collectionView(orMissing(changed, "collection", id));
  },
};
