import { setCollectionAllowList } from "../../../merchants/change-collections.ts";
import { actorOf, orMissing } from "../../actor.ts";
import { clientAddress } from "../../client-address.ts";
import type { Route } from "../../route.ts";
import { type AllowListBody, allowListAnswer, allowListBody, allowListView } from "../allow-list-schema.ts";
import { collectionParams } from "./collection-schema.ts";

/** Replaces the list whole. A list that keeps the caller's own address out needs `force`. */
export const setCollectionAllowListRoute: Route<{ id: string }, unknown, AllowListBody> = {
  method: "PUT",
  url: "/api/v2/collections/:id/ip_allow_list",
  summary: "Set from where a collection's keys may call",
  scope: "manage",
  params: collectionParams,
  body: allowListBody,
  answer: allowListAnswer,
  errors: ["json_malformed", "body_too_large", "media_type_unsupported", "fields_invalid", "resource_missing"],
  handle: async (call) => {
    const { id } = call.params;
    const { ip_allow_list: list, force } = call.body;
    const changed = await setCollectionAllowList(call.gateway, actorOf(call), id, () => list, force);
    return allowListView(id, orMissing(changed, "collection", id).ipAllowList, clientAddress(call.request));
  },
};
