import Type from "typebox";
import type { Route } from "../../route.ts";

/** Shows a verified key its own standing, even when its API is switched off, so that a 401 can be understood. */
export const whoami: Route = {
  method: "GET",
  url: "/api/v2/whoami",
  summary: "Show what the key is and may do",
  scope: undefined,
  answersDisabled: true,
  answer: Type.Object({
    object: Type.Literal("whoami"),
    mode: Type.String(),
    key: Type.Object({
      id: Type.String(),
      hint: Type.String(),
      scopes: Type.Array(Type.String()),
      expires_at: Type.Union([Type.String(), Type.Null()]),
    }),
    merchant: Type.Object({ id: Type.String(), name: Type.String() }),
    collection: Type.Object({ id: Type.String(), name: Type.String(), api_enabled: Type.Boolean() }),
    address: Type.String(),
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
