import { setKeyAllowList } from "../../../merchants/change-api-keys.ts";
import { actorOf, orMissing } from "../../actor.ts";
import { clientAddress } from "../../client-address.ts";
import type { Route } from "../../route.ts";
import { type AllowListBody, allowListAnswer, allowListBody, allowListView } from "../allow-list-schema.ts";
import { apiKeyParams } from "./api-key-schema.ts";

/** Replaces the list whole. A list that keeps the caller's own address out needs `force`. */
export const setKeyAllowListRoute: Route<{ id: string }, unknown, AllowListBody> = {
  method: "PUT",
  url: "/api/v2/api_keys/:id/ip_allow_list",
  summary: "Set from where a key may call",
  scope: "manage",
  params: apiKeyParams,
  body: allowListBody,
  answer: allowListAnswer,
  errors: [
    "json_malformed",
    "body_too_large",
    "media_type_unsupported",
    "fields_invalid",
    "resource_missing",
    "key_not_active",
  ],
  handle: async (call) => {
    const { id } = call.params;
    const { ip_allow_list: list, force } = call.body;
    const changed = await setKeyAllowList(call.gateway, actorOf(call), id, () => list, force);
    return allowListView(id, orMissing(changed, "api_key", id).ipAllowList, clientAddress(call.request));
  },
};
