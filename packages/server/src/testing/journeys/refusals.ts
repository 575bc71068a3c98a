import type { ErrorCode } from "@kineticpay/contract/errors/catalogue";
import { accessErrors } from "../../http/openapi/listed-errors.ts";
import { nameOf } from "../../http/openapi/operations.ts";
import type { Route } from "../../http/route.ts";
import { routes } from "../../http/routes/index.ts";
import { createMerchant } from "../../merchants/create-merchant.ts";
import { newApiKey } from "../../merchants/key-format.ts";
import { alterAccess } from "../alter-access.ts";
import { shop } from "../test-core.ts";
import type { Sent } from "../traveller.ts";
import type { World } from "./world.ts";

interface Made {
  readonly id: string;
  readonly key: string;
}

/** For each reason to turn a caller away, a key that gives it; for a missing scope, one for each scope that is missing. */
async function badKeys({ traveller, test }: World): Promise<(code: ErrorCode, route: Route) => string | null> {
  const make = (body: Readonly<Record<string, unknown>>) => traveller.ok<Made>("POST /api/v2/api_keys", { body });
  const { gateway } = test;
  const revoked = await make({ name: "revoked" });
  await traveller.ok("POST /api/v2/api_keys/:id/revoke", { params: { id: revoked.id } });
  const expired = await make({ name: "expired" });
  await traveller.ok("POST /api/v2/api_keys/:id/roll", { params: { id: expired.id }, body: { overlap_hours: 0 } });
  const closed = await createMerchant(gateway, { ...shop, scopes: ["payments:read", "payments:write", "manage"] });
  await alterAccess(gateway, "update collections set api_enabled = false where id = $1", [closed.collectionId]);
  const elsewhere = await make({ ip_allow_list: ["203.0.113.0/24"] });
  const reader = await make({ scopes: ["payments:read"] });
  const manager = await make({ scopes: ["manage"] });
  const keys: Readonly<Partial<Record<ErrorCode, string | null>>> = {
    key_missing: null,
    key_malformed: "kp_test_short",
    key_invalid: newApiKey("sandbox", gateway.random),
    key_wrong_mode: newApiKey("live", gateway.random),
    key_revoked: revoked.key,
    key_expired: expired.key,
    api_not_enabled: closed.apiKey.key,
    ip_not_allowed: elsewhere.key,
  };
  return (code, route) => {
    if (code === "scope_missing") return route.scope === "payments:read" ? manager.key : reader.key;
    const key = keys[code];
    if (key === undefined) throw new Error(`no journey is turned away with ${code}`);
    return key;
  };
}

/** Every route, by everybody who may not call it. */
export async function beTurnedAway(world: World): Promise<void> {
  const keyFor = await badKeys(world);
  for (const route of routes) {
    for (const code of accessErrors(route))
      await world.traveller.fails(code, nameOf(route), { key: keyFor(code, route) });
  }
}

/** Every route that takes a body, with bodies that nobody could read. */
export async function sendRubbish({ traveller }: World): Promise<void> {
  const rubbish: readonly (readonly [ErrorCode, Sent])[] = [
    ["json_malformed", { raw: "{", direct: true }],
    ["body_too_large", { body: { description: "x".repeat(70_000) } }],
    ["media_type_unsupported", { raw: "a=b", contentType: "text/plain" }],
    ["fields_invalid", { query: { validate_only: "perhaps" } }],
  ];
  for (const route of routes.filter((each) => each.method !== "GET")) {
    for (const [code, sent] of rubbish) {
      const body = code === "fields_invalid" && route.body !== undefined ? { body: {} } : {};
      await traveller.fails(code, nameOf(route), { ...body, ...sent });
    }
  }
}
