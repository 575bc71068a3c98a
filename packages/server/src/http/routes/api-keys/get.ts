import { apiKeySchema } from "@kineticpay/contract/api-key";
import { apiKeyView } from "../../../merchants/api-key-view.ts";
import { readApiKey } from "../../../merchants/read-api-keys.ts";
import { actorOf, orMissing } from "../../actor.ts";
import type { Route } from "../../route.ts";
import { apiKeyParams } from "./api-key-schema.ts";

export const getApiKey: Route<{ id: string }> = {
  method: "GET",
  url: "/api/v2/api_keys/:id",
  summary: "Read what is known of a key",
  scope: "manage",
  params: apiKeyParams,
  answer: apiKeySchema,
  errors: ["resource_missing"],
  handle: async (call) => {
    const { id } = call.params;
    return apiKeyView(call.gateway, orMissing(await readApiKey(call.gateway, actorOf(call), id), "api_key", id));
  },
};
