import { apiKeyProperties, kindSchema } from "@kineticpay/contract/api-key";
import { closed, object, optional, shownOnce, string } from "@kineticpay/contract/json-schema";
import { apiKeyView } from "../../../merchants/api-key-view.ts";
import { type KeyKind, paymentScopes, type Scope } from "../../../merchants/api-keys.ts";
import { createApiKey } from "../../../merchants/change-api-keys.ts";
import { canonicalList } from "../../../merchants/change-collections.ts";
import { actorOf, orMissing } from "../../actor.ts";
import type { Route } from "../../route.ts";
import { ipAllowListSchema } from "../allow-list-schema.ts";
import { expirySchema, keyNameSchema, readExpiry, scopesSchema } from "./api-key-schema.ts";

interface Body {
  readonly kind?: KeyKind;
  readonly collection?: string;
  readonly name?: string;
  readonly scopes?: readonly Scope[];
  readonly expires_at?: string | null;
  readonly ip_allow_list?: readonly string[];
}

const body = closed({
  kind: optional(kindSchema),
  collection: optional(
    string({
      maxLength: 64,
      format: "plain-text",
      description: "the id of a collection of yours; that of the calling key when left out",
    }),
  ),
  name: optional(keyNameSchema),
  scopes: optional(scopesSchema),
  expires_at: optional(expirySchema),
  ip_allow_list: optional(ipAllowListSchema),
});

/** Issues a key; it is in this answer, and never again. */
export const createApiKeyRoute: Route<unknown, unknown, Body> = {
  method: "POST",
  url: "/api/v2/api_keys",
  summary: "Create a key",
  scope: "manage",
  body,
  answer: object({ ...apiKeyProperties, key: shownOnce() }),
  errors: ["json_malformed", "body_too_large", "media_type_unsupported", "fields_invalid", "resource_missing"],
  handle: async (call) => {
    const { gateway, caller, body: input } = call;
    const collectionId = input.collection ?? caller.collectionId;
    const made = await createApiKey(gateway, actorOf(call), collectionId, input.kind ?? "api_key", {
      name: input.name ?? "",
      scopes: input.scopes ?? paymentScopes,
      ipAllowList: canonicalList(input.ip_allow_list ?? []),
      ...readExpiry(input.expires_at),
    });
    const { record, issued } = orMissing(made, "collection", collectionId);
    return { ...apiKeyView(gateway, record), key: issued.key };
  },
};
