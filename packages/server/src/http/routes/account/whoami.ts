import { array, boolean, literal, nullable, object, string } from "@kineticpay/contract/json-schema";
import { isAddressAllowed } from "../../../merchants/require-access.ts";
import { clientAddress } from "../../client-address.ts";
import type { Route } from "../../route.ts";

/** Shows a verified key its own standing, whatever its switch and its lists say, so that a 401 can be understood. */
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
      name: string(),
      scopes: array(string()),
      expires_at: nullable("string"),
    }),
    merchant: object({ id: string(), name: string() }),
    collection: object({ id: string(), name: string(), api_enabled: boolean() }),
    address: string({ description: "where this call came from, as the gateway sees it" }),
    address_allowed: boolean(),
  }),
  errors: [],
  handle: async ({ gateway, caller, request }) => ({
    object: "whoami",
    mode: gateway.config.mode,
    key: {
      id: caller.keyId,
      hint: caller.keyHint,
      name: caller.keyName,
      scopes: caller.scopes,
      expires_at: caller.expiresAt?.toISOString() ?? null,
    },
    merchant: { id: caller.merchantId, name: caller.merchantName },
    collection: { id: caller.collectionId, name: caller.collectionName, api_enabled: caller.apiEnabled },
    address: clientAddress(request),
    address_allowed: isAddressAllowed(caller, clientAddress(request)),
  }),
};
