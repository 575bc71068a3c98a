import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { isId } from "@kineticpay/contract/ids";
import { shownText } from "@kineticpay/contract/shown-text";
import type { Gateway } from "../gateway.ts";
import { type CallFilter, findCall, findStrangersCall, listCalls, type Reach, type StoredCall } from "./store.ts";

function missing(id: string): GatewayError {
  return new GatewayError("resource_missing", { meta: { resource: "request", id: shownText(id), nearest: "" } });
}

/**
 * One call of those within reach.
 * @throws GatewayError resource_missing, alike for what does not exist and for what belongs to another
 */
export async function readCall(gateway: Gateway, reach: Reach, id: string): Promise<StoredCall> {
  const call = isId("request", id) ? await findCall(gateway.db, reach, id) : undefined;
  if (call === undefined) throw missing(id);
  return call;
}

/**
 * One call for an explanation: of those within reach, or one with an unknown key or none, which belongs to nobody. Whoever
 * names the id of such a call is taken for its caller, since nobody else was told it.
 * @throws GatewayError resource_missing
 */
export async function readCallToExplain(gateway: Gateway, reach: Reach, id: string): Promise<StoredCall> {
  if (!isId("request", id)) throw missing(id);
  const own = await findCall(gateway.db, reach, id);
  const call = own ?? (await findStrangersCall(gateway.db, id));
  if (call === undefined) throw missing(id);
  return call;
}

export interface CallPage {
  readonly items: readonly StoredCall[];
  readonly hasMore: boolean;
}

/** A page of calls, newest first. */
export async function readCalls(gateway: Gateway, filter: CallFilter): Promise<CallPage> {
  const found = await listCalls(gateway.db, { ...filter, limit: filter.limit + 1 });
  return { items: found.slice(0, filter.limit), hasMore: found.length > filter.limit };
}
