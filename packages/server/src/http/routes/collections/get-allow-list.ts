import { readCollection } from "../../../merchants/read-collections.ts";
import { actorOf, orMissing } from "../../actor.ts";
import { clientAddress } from "../../client-address.ts";
import type { Route } from "../../route.ts";
import { allowListAnswer, allowListView } from "../allow-list-schema.ts";
import { collectionParams } from "./collection-schema.ts";

export const getCollectionAllowList: Route<{ id: string }> = {
  method: "GET",
  url: "/api/v2/collections/:id/ip_allow_list",
  summary: "Read from where a collection's keys may call",
  scope: "manage",
  params: collectionParams,
  answer: allowListAnswer,
  errors: ["resource_missing"],
  handle: async (call) => {
    const { id } = call.params;
    const found = orMissing(await readCollection(call.gateway, actorOf(call), id), "collection", id);
    return allowListView(id, found.ipAllowList, clientAddress(call.request));
  },
};
