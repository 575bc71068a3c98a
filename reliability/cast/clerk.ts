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

/** A call under a key, which is the same however often it has to be tried: what a lost answer told is told again. */
function once<T>(clerk: Clerk, method: string, path: string, body?: unknown): Promise<T> {
  return send(clerk, method, path, body, { "idempotency-key": `clerk-${clerk.random.whole(1, 2 ** 31)}` });
}

/**
 * A call that may be made twice: under a key or, as often, without one, since it then commits by itself. What a lost answer
 * had made is then made again, and does no harm.
 */
function api<T>(clerk: Clerk, method: string, path: string, body?: unknown): Promise<T> {
  const isKeyed = method !== "GET" && clerk.random.chance(0.5);
  return isKeyed ? once(clerk, method, path, body) : send(clerk, method, path, body, {});
}

async function send<T>(
  clerk: Clerk,
  method: string,
  path: string,
  body: unknown,
  more: Readonly<Record<string, string>>,
): Promise<T> {
  const { town } = clerk;
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const call = { method, url: `${town.gateway.url}/api/v2${path}`, headers: { ...bearer(town), ...more }, ...sent };
  return JSON.parse((await insist(clerk.caller, call, clerk)).text) as T;
}

/** Between two rounds of a duty, so that the office does not do more than the shop does. */
const pauseMs = 250;
const word = (random: Random) => `Word ${random.whole(1, 1_000_000_000)}`;

async function tendKeys(clerk: Clerk): Promise<void> {
  const { journal } = clerk.town;
  const name = word(clerk.random);
  const { id } = await api<{ id: string }>(clerk, "POST", "/api_keys", { name });
  await journal.add({ what: "key_created", id, name });
  const other = word(clerk.random);
  await api(clerk, "PATCH", `/api_keys/${id}`, { name: other });
  await journal.add({ what: "key_named", id, name: other });
  await once(clerk, "POST", `/api_keys/${id}/revoke`, {});
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

type EndpointStatus = "enabled" | "disabled" | "deleted";

async function untilEndpointIs(clerk: Clerk, id: string, status: EndpointStatus): Promise<void> {
  while ((await api<{ status: EndpointStatus }>(clerk, "GET", `/webhook_endpoints/${id}`)).status !== status) {
    if (clerk.isOver()) throw new Abandoned();
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/**
 * An endpoint that says it is gone, and so is switched off at the first delivery: a test. It is switched on again, told the
 * same once more, and removed.
 */
async function tendEndpoints(clerk: Clerk): Promise<void> {
  const { journal, receiver } = clerk.town;
  // Nothing of that kind happens here, so that nobody owes it anything but what it asks for.
  const wished = { url: receiver.goneUrl, events: ["webhook_endpoint.secret_rolled"] };
  const { id } = await api<{ id: string }>(clerk, "POST", "/webhook_endpoints", wished);
  await journal.add({ what: "endpoint_created", id });
  const description = word(clerk.random);
  await api(clerk, "PATCH", `/webhook_endpoints/${id}`, { description });
  await journal.add({ what: "endpoint_described", id, description });
  const test = await once<{ id: string }>(clerk, "POST", `/webhook_endpoints/${id}/test`, {});
  await untilEndpointIs(clerk, id, "disabled");
  await api(clerk, "POST", `/webhook_endpoints/${id}/enable`, {});
  await api(clerk, "POST", `/webhook_deliveries/${test.id}/resend`, {});
  await untilEndpointIs(clerk, id, "disabled");
  await once(clerk, "POST", `/webhook_endpoints/${id}/delete`, {});
  await journal.add({ what: "endpoint_deleted", id });
}

/** Longer than a list of banks is believed, so that every state is seen. */
const bankStaysMs = 7_000;

/** A bank that no buyer of ours uses goes offline, and comes back. */
async function switchBank(clerk: Clerk): Promise<void> {
  await clerk.town.exchange.control.setBank("ABB0233", Math.floor(performance.now() / bankStaysMs) % 2 === 0);
}

const duties = { tendKeys, tendCollections, tendFaults, tendEndpoints, switchBank };

async function keepAt(clerk: Clerk, duty: (clerk: Clerk) => Promise<void>, isStopping: () => boolean): Promise<void> {
  while (!isStopping()) {
    try {
      await duty(clerk);
      clerk.town.notebook.count("office duties");
    } catch (error) {
      if (error instanceof Abandoned) return;
      clerk.town.notebook.violation(error instanceof Error ? error.message : String(error));
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/**
 * Works until told to stop, with a clerk for each duty, so that none waits for another's; every acknowledgement stands in
 * the journal.
 */
export async function runOffice(
  town: Town,
  caller: Caller,
  patience: Patience,
  isStopping: () => boolean,
): Promise<void> {
  const clerks = Object.entries(duties).map(([name, duty]) => {
    const clerk = { town, caller, random: town.random.fork(name), isOver: () => patience.isOver() };
    return keepAt(clerk, duty, isStopping);
  });
  await Promise.all(clerks);
}
