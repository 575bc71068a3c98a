import type { ApiKeyView } from "@kineticpay/contract/api-key";
import type { Office } from "../gateway.ts";
import { type ApiKey, stateOfKey } from "./read-api-keys.ts";

/** A key as the API and events show it now; the key itself is never part of it. */
export function apiKeyView(office: Pick<Office, "clock">, key: ApiKey): ApiKeyView {
  return {
    id: key.id,
    object: "api_key",
    kind: key.kind,
    name: key.name,
    hint: key.hint,
    collection: key.collectionId,
    scopes: key.scopes,
    state: stateOfKey(key, office.clock.now()),
    ip_allow_list: key.ipAllowList,
    imported: key.imported,
    rolled_from: key.rolledFrom,
    created_at: key.createdAt.toISOString(),
    expires_at: key.expiresAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    last_used_address: key.lastUsedAddress,
  };
}
