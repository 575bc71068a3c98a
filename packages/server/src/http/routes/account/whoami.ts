import type { Route } from "../../route.ts";
import { array, boolean, literal, nullable, object, string } from "../../schema.ts";

/** Shows a verified key its own standing, even when its API is switched off, so that a 401 can be understood. */
export const whoami: Route = {
  method: "GET",
  url: "/api/v2/whoami",
  summary: "Show what the key is and may do",
  scope: undefined,
  answersDisabled: true,
  answer: object({
    object: literal("whoami"),
    mode: string(),
    key: object({
      id: string(),
      hint: string(),
      scopes: array(string()),
      expires_at: nullable("string"),
    }),
    merchant: object({ id: string(), name: string() }),
    collection: object({ id: string(), name: string(), api_enabled: boolean() }),
    address: string(),
  }),
  errors: [],
  handle: async ({ gateway, caller, request }) => ({
    object: "whoami",
    mode: gateway.config.mode,
    key: {
      id: caller.keyId,
      hint: caller.keyHint,
      scopes: caller.scopes,
      expires_at: caller.expiresAt?.toISOString() ?? null,
    },
    merchant: { id: caller.merchantId, name: caller.merchantName },
    collection: { id: caller.collectionId, name: caller.collectionName, api_enabled: caller.apiEnabled },
    address: request.ip,
  }),
};
