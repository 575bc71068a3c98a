import { apiKeyProperties, apiKeySchema } from "@kineticpay/contract/api-key";
import { closed, integer, object, optional, shownOnce } from "@kineticpay/contract/json-schema";
import { apiKeyView } from "../../../merchants/api-key-view.ts";
import { longestOverlapHours, rollApiKey } from "../../../merchants/change-api-keys.ts";
import { actorOf, orMissing } from "../../actor.ts";
import type { Route } from "../../route.ts";
import { apiKeyParams, expirySchema, readExpiry } from "./api-key-schema.ts";

interface Body {
  readonly overlap_hours: number;
  readonly expires_at?: string | null;
}

const body = closed({
  overlap_hours: integer({
    minimum: 0,
    maximum: longestOverlapHours,
    description: `whole hours for which the old key goes on working, 0 to ${longestOverlapHours} (seven days)`,
  }),
  expires_at: optional(expirySchema),
});

/** Replaces a key by a new one, which is in this answer and never again; the old one expires after the overlap. */
export const rollApiKeyRoute: Route<{ id: string }, unknown, Body> = {
  method: "POST",
  url: "/api/v2/api_keys/:id/roll",
  summary: "Replace a key by a new one",
  scope: "manage",
  params: apiKeyParams,
  body,
  answer: object({
    ...apiKeyProperties,
    key: shownOnce(),
    old_key: apiKeySchema,
  }),
  errors: [
    "json_malformed",
    "body_too_large",
    "media_type_unsupported",
    "fields_invalid",
    "resource_missing",
    "key_not_active",
  ],
  handle: async (call) => {
    const { gateway, params, body: input } = call;
    const wish = { overlapHours: input.overlap_hours, ...readExpiry(input.expires_at) };
    const rolled = orMissing(await rollApiKey(gateway, actorOf(call), params.id, wish), "api_key", params.id);
    return {
      ...apiKeyView(gateway, rolled.record),
      key: rolled.issued.key,
      old_key: apiKeyView(gateway, rolled.old),
    };
  },
};
