import { apiKeySchema } from "@kineticpay/contract/api-key";
import { closed, optional } from "@kineticpay/contract/json-schema";
import { apiKeyView } from "../../../merchants/api-key-view.ts";
import type { Scope } from "../../../merchants/api-keys.ts";
import { changeApiKey } from "../../../merchants/change-api-keys.ts";
import { actorOf, orMissing } from "../../actor.ts";
import type { Route } from "../../route.ts";
import { forceSchema } from "../allow-list-schema.ts";
import { apiKeyParams, expirySchema, keyNameSchema, readExpiry, scopesSchema } from "./api-key-schema.ts";

interface Body {
  readonly name?: string;
  readonly scopes?: readonly Scope[];
  readonly expires_at?: string | null;
  readonly force?: boolean;
}

const body = closed({
  name: optional(keyNameSchema),
  scopes: optional(scopesSchema),
  expires_at: optional(expirySchema),
  force: forceSchema,
});

/** Changes an active key; what is left out stays. A key that gives up its own `manage` needs `force`. */
export const updateApiKey: Route<{ id: string }, unknown, Body> = {
  method: "PATCH",
  url: "/api/v2/api_keys/:id",
  summary: "Change a key's name, scopes or expiry",
  scope: "manage",
  params: apiKeyParams,
  body,
  answer: apiKeySchema,
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
    const { name, scopes, expires_at: expiry, force } = call.body;
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(scopes === undefined ? {} : { scopes }),
      ...readExpiry(expiry),
    };
    const changed = await changeApiKey(call.gateway, actorOf(call), id, change, force);
    return apiKeyView(call.gateway, orMissing(changed, "api_key", id));
  },
};
