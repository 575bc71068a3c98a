import { apiKeySchema } from "@kineticpay/contract/api-key";
import { closed } from "@kineticpay/contract/json-schema";
import { apiKeyView } from "../../../merchants/api-key-view.ts";
import { revokeApiKey } from "../../../merchants/change-api-keys.ts";
import { actorOf, orMissing } from "../../actor.ts";
import { optionalBody } from "../../optional-body.ts";
import type { Route } from "../../route.ts";
import { forceSchema } from "../allow-list-schema.ts";
import { apiKeyParams } from "./api-key-schema.ts";

/** Ends a key from the next call on, in every process. A key that ends itself needs `force`. */
export const revokeApiKeyRoute: Route<{ id: string }, unknown, { readonly force?: boolean } | null | undefined> = {
  method: "POST",
  url: "/api/v2/api_keys/:id/revoke",
  summary: "Revoke a key",
  scope: "manage",
  params: apiKeyParams,
  body: optionalBody(closed({ force: forceSchema })),
  answer: apiKeySchema,
  errors: ["json_malformed", "body_too_large", "media_type_unsupported", "fields_invalid", "resource_missing"],
  handle: async (call) => {
    const { id } = call.params;
    const revoked = await revokeApiKey(call.gateway, actorOf(call), id, call.body?.force);
    return apiKeyView(call.gateway, orMissing(revoked, "api_key", id));
  },
};
