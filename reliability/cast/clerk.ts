import type { Random } from "../random.ts";
import type { Caller } from "./call.ts";
import { Abandoned, insist, type Patience } from "./insist.ts";
import { bearer } from "./shopper.ts";
import type { Town } from "./town.ts";

/** Somebody at the shop's office, who changes keys, collections and rehearsed faults through the API. */
interface Clerk extends Patience {
  readonly town: Town;
  readonly caller: Caller;
  readonly random: Random;
}

async function api<T>(clerk: Clerk, method: string, path: string, body?: unknown): Promise<T> {
  const { town } = clerk;
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  // The same key however often it has to be tried: what a lost answer told is told again.
  const key = method === "GET" ? {} : { "idempotency-key": `clerk-${clerk.random.whole(1, 2 ** 31)}` };
  const headers = { ...bearer(town), ...key };
  const call = { method, url: `${town.gateway.url}/api/v2${path}`, headers, ...sent };
  return JSON.parse((await insist(clerk.caller, call, clerk)).text) as T;
}

const word = (random: Random) => `Word ${random.whole(1, 1_000_000_000)}`;

async function tendKeys(clerk: Clerk): Promise<void> {
  const { journal } = clerk.town;
  const name = word(clerk.random);
  const { id } = await api<{ id: string }>(clerk, "POST", "/api_keys", { name });
  await journal.add({ what: "key_created", id, name });
  const other = word(clerk.random);
  await api(clerk, "PATCH", `/api_keys/${id}`, { name: other });
  await journal.add({ what: "key_named", id, name: other });
  await api(clerk, "POST", `/api_keys/${id}/revoke`, {});
  await journal.add({ what: "key_revoked", id });
}

async function tendCollections(clerk: Clerk): Promise<void> {
  const { journal } = clerk.town;
  const name = word(clerk.random);
  const website = "https://shop.example";
  const { id } = await api<{ id: string }>(clerk, "POST", "/collections", { name, website });
  await journal.add({ what: "collection_created", id, name });
  const other = word(clerk.random);
  await api(clerk, "PATCH", `/collections/${id}`, { name: other });
  await journal.add({ what: "collection_named", id, name: other });
  const addresses = [`203.0.113.${clerk.random.whole(1, 254)}`];
  await api(clerk, "PUT", `/collections/${id}/ip_allow_list`, { ip_allow_list: addresses });
  await journal.add({ what: "collection_listed", id, addresses });
}

/** A rule that delays one harmless call for a millisecond, a call that it strikes, and the end of the rule. */
async function tendFaults(clerk: Clerk): Promise<void> {
  const { id } = await api<{ id: string }>(clerk, "POST", "/sandbox/faults", {
    route: "GET /api/v2/whoami",
    delay_ms: 1,
  });
  await api(clerk, "GET", "/whoami");
  const url = `${clerk.town.gateway.url}/api/v2/sandbox/faults/${id}/delete`;
  // A repeated removal finds nothing left to remove.
  await insist(clerk.caller, { method: "POST", url, headers: bearer(clerk.town), body: "{}" }, clerk, [200, 404]);
}

/** A bank that no buyer of ours uses goes offline, or comes back. */
async function switchBank(clerk: Clerk): Promise<void> {
  await clerk.town.exchange.control.setBank("ABB0233", clerk.random.chance(0.5));
}

const pauseMs = 50;

/** Works until told to stop; every acknowledgement stands in the journal. */
export async function runClerk(
  town: Town,
  caller: Caller,
  patience: Patience,
  isStopping: () => boolean,
): Promise<void> {
  const clerk: Clerk = { town, caller, random: town.random.fork("clerk"), isOver: () => patience.isOver() };
  const duties = [tendKeys, tendCollections, tendFaults, switchBank];
  for (let round = 0; !isStopping(); round += 1) {
    try {
      await duties[round % duties.length]?.(clerk);
      town.notebook.count("office duties");
    } catch (error) {
      if (error instanceof Abandoned) return;
      town.notebook.violation(error instanceof Error ? error.message : String(error));
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
