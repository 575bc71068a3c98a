import { type IssuedKey, type Scope, scopes } from "../merchants/api-keys.ts";
import { createApiKey } from "../merchants/change-api-keys.ts";
import type { TestCore } from "./test-core.ts";

/** So many strangers' calls that no test of refusals runs into the limit of an address. */
export const manyRefusals = { KINETICPAY_ADDRESS_RATE: "1000000", KINETICPAY_ADDRESS_BURST: "1000000" };

/** A further key of the test's merchant; one that may do everything unless told otherwise. */
export async function furtherKey(core: TestCore, granted: readonly Scope[] = scopes): Promise<IssuedKey> {
  const actor = { kind: "operator", name: "test" } as const;
  const made = await createApiKey(core.gateway, actor, core.merchant.collectionId, "api_key", { scopes: granted });
  if (made === undefined) throw new Error("the test's collection is missing");
  return made.issued;
}
