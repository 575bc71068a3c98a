import type { Gateway } from "../../gateway.ts";
import type { KeyStanding } from "../../limits/limits.ts";
import { listAllows } from "../../merchants/address-range.ts";
import type { Actor } from "../../merchants/audit-log.ts";
import { type ApiKey, readApiKey, stateOfKey } from "../../merchants/read-api-keys.ts";
import { type Collection, readCollection } from "../../merchants/read-collections.ts";
import type { KeptFailure } from "../../request-log/redact-failure.ts";
import type { StoredCall } from "../../request-log/store.ts";

/** One thing that decides whether a call gets through, as it stands now. */
export interface Check {
  readonly name: "key" | "api_enabled" | "ip_allow_list" | "limits";
  readonly ok: boolean;
  readonly detail: string;
}

/** How the key of a logged call stands now; nothing when its key is not known. */
export interface Standing {
  readonly key: ApiKey | undefined;
  readonly keyState: string;
  readonly collection: Collection | undefined;
  readonly addressAllowed: boolean;
  readonly limits: KeyStanding | undefined;
  readonly checks: readonly Check[];
}

function keyCheck(key: ApiKey, state: string): Check {
  const since = key.revokedAt ?? (state === "expired" ? key.expiresAt : null);
  const until = state === "active" && key.expiresAt !== null ? `, until ${key.expiresAt.toISOString()}` : "";
  return {
    name: "key",
    ok: state === "active",
    detail: `Key ${key.hint} (${key.id}) is ${state}${since === null ? until : ` since ${since.toISOString()}`}, with the scopes ${key.scopes.join(", ")}.`,
  };
}

function switchCheck(collection: Collection): Check {
  const { apiEnabled, id } = collection;
  return { name: "api_enabled", ok: apiEnabled, detail: `The API is switched ${apiEnabled ? "on" : "off"} for ${id}.` };
}

function listCheck(key: ApiKey, collection: Collection, address: string): Check {
  const told = (list: readonly string[]) => (list.length === 0 ? "any address" : list.join(", "));
  return {
    name: "ip_allow_list",
    ok: listAllows(key.ipAllowList, address) && listAllows(collection.ipAllowList, address),
    detail: `The call came from ${address}. The key lets in ${told(key.ipAllowList)}; its collection lets in ${told(collection.ipAllowList)}.`,
  };
}

function limitCheck(gateway: Gateway, standing: KeyStanding): Check {
  const { key, concurrency } = gateway.limits;
  const { remaining, inFlight, isShared } = standing;
  const counted = isShared ? "All processes count together." : "Each process counts for itself.";
  return {
    name: "limits",
    ok: remaining > 0 && inFlight < concurrency,
    detail: `The key may make ${remaining} of ${key.burst} calls now, and ${key.ratePerS} more each second. ${inFlight} of ${concurrency} calls are under way. ${counted}`,
  };
}

/** Whoever sends no good key is counted by address; the log knows which one, and the answer told it to its caller. */
function addressCheck(gateway: Gateway, failure: KeptFailure | undefined): Check[] {
  const { policy, spent_by: network } = failure?.meta ?? {};
  if (policy !== "address" || typeof network !== "string") return [];
  const { address, unverified } = gateway.limits;
  const remaining = unverified.remaining(network, gateway.clock.now().getTime());
  return [
    {
      name: "limits",
      ok: remaining > 0,
      detail: `${network} may make ${remaining} of ${address.burst} calls without a valid key now, and ${address.ratePerS} more each second.`,
    },
  ];
}

/** Looks up how the key, the switch, the lists and the limits stand for a logged call. */
export async function readStanding(
  gateway: Gateway,
  actor: Actor,
  call: StoredCall,
  failure: KeptFailure | undefined,
): Promise<Standing> {
  const key = call.key_id === null ? undefined : await readApiKey(gateway, actor, call.key_id);
  const collection = key === undefined ? undefined : await readCollection(gateway, actor, key.collectionId);
  if (key === undefined || collection === undefined) {
    const checks = addressCheck(gateway, failure);
    return {
      key: undefined,
      keyState: "unknown",
      collection: undefined,
      addressAllowed: true,
      limits: undefined,
      checks,
    };
  }
  const state = stateOfKey(key, gateway.clock.now());
  const list = listCheck(key, collection, call.address);
  const limits = await gateway.limits.keys.standing(key.id);
  return {
    key,
    keyState: state,
    collection,
    addressAllowed: list.ok,
    limits,
    checks: [keyCheck(key, state), switchCheck(collection), list, limitCheck(gateway, limits)],
  };
}
