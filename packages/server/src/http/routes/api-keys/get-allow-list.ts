import { readApiKey } from "../../../merchants/read-api-keys.ts";
import { actorOf, orMissing } from "../../actor.ts";
import { clientAddress } from "../../client-address.ts";
import type { Route } from "../../route.ts";
import { allowListAnswer, allowListView } from "../allow-list-schema.ts";
import { apiKeyParams } from "./api-key-schema.ts";

export const getKeyAllowList: Route<{ id: string }> = {
  method: "GET",
  url: "/api/v2/api_keys/:id/ip_allow_list",
  summary: "Read from where a key may call",
  scope: "manage",
  params: apiKeyParams,
  answer: allowListAnswer,
  errors: ["resource_missing"],
  handle: async (call) => {
    const { id } = call.params;
    const found = orMissing(await readApiKey(call.gateway, actorOf(call), id), "api_key", id);
    return allowListView(id, found.ipAllowList, clientAddress(call.request));
  },
};
