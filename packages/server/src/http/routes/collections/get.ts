import { collectionSchema } from "@kineticpay/contract/collection";
import { collectionView } from "../../../merchants/collection-view.ts";
import { readCollection } from "../../../merchants/read-collections.ts";
import { actorOf, orMissing } from "../../actor.ts";
import type { Route } from "../../route.ts";
import { collectionParams } from "./collection-schema.ts";

export const getCollection: Route<{ id: string }> = {
  method: "GET",
  url: "/api/v2/collections/:id",
  summary: "Read a collection",
  scope: "manage",
  params: collectionParams,
  answer: collectionSchema,
  errors: ["resource_missing"],
  handle: async (call) => {
    const { id } = call.params;
    return collectionView(orMissing(await readCollection(call.gateway, actorOf(call), id), "collection", id));
  },
};
