import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { idAtTime } from "@kineticpay/contract/ids";
import { type DeliveryReach, findDelivery, lockDelivery, type StoredDelivery } from "../callbacks/deliveries.ts";
import { findEndpoint } from "../callbacks/endpoints.ts";
import { isSuperseded, planAnew, planFailedAnew, planReplay } from "../callbacks/send-again.ts";
import { isWhole } from "../callbacks/wire-callback.ts";
import type { Tx } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";
import type { Actor } from "../merchants/audit-log.ts";
import { fieldRefusal } from "../merchants/refusals.ts";
import { changingEndpoint } from "./change-endpoints.ts";
import { requireEnabled } from "./refusals.ts";

/** How far back an endpoint can be told again of what happened. */
export const replayDays = 30;
/** Planned in one call; the answer says whether there is more. */
export const mostAtOnce = 10_000;
const dayMs = 86_400_000;

/** @throws GatewayError fields_invalid for a time that has not come or lies too far back */
function requireWithinReach(path: string, at: Date, now: Date): void {
  const earliest = new Date(now.getTime() - replayDays * dayMs);
  if (at >= earliest && at <= now) return;
  throw fieldRefusal({
    path,
    code: "field_out_of_range",
    message: `${path} is ${at.toISOString()}, and it is ${now.toISOString()} now.`,
    expected: `a time of the last ${replayDays} days, so not before ${earliest.toISOString()}`,
  });
}

async function requireReceiver(tx: Tx, delivery: StoredDelivery): Promise<void> {
  if (delivery.endpointId !== null) {
    const endpoint = await findEndpoint(tx, null, delivery.endpointId);
    if (endpoint !== undefined) return requireEnabled(endpoint, "sent anything");
    throw refusal(delivery, "its endpoint has been deleted");
  }
  if (delivery.payload !== null && !isWhole(delivery.payload)) {
    throw refusal(delivery, "the buyer data of its payment was erased, and what it said with it");
  }
  // The wire protocol numbers nothing, and its shops believe what came last.
  if (delivery.format === "wire" && (await isSuperseded(tx, delivery))) {
    throw refusal(delivery, "its payment has a later outcome, and the shop would believe this one in its place");
  }
}

function refusal(delivery: StoredDelivery, detail: string): GatewayError {
  const { id, status } = delivery;
  return new GatewayError("state_not_allowed", {
    meta: { webhook_delivery: id, status, action: "sent again", allowed: [], detail },
  });
}

/**
 * Sends one delivery again at once, whatever became of it, with the whole schedule before it; one that waits for another
 * attempt does not wait. Undefined when it is not within reach.
 * @throws GatewayError state_not_allowed
 */
export async function resendDelivery(
  gateway: Gateway,
  reach: DeliveryReach,
  id: string,
): Promise<StoredDelivery | undefined> {
  const sent = await gateway.db.transaction("webhooks.resend", async (tx) => {
    const found = await lockDelivery(tx, reach, id);
    if (found === undefined) return undefined;
    await requireReceiver(tx, found);
    await planAnew(tx, reach.merchantId, id, gateway.clock.now());
    return findDelivery(tx, reach, id);
  });
  gateway.wakeups.wake("deliver");
  return sent;
}

export interface Recovered {
  readonly queued: number;
  readonly hasMore: boolean;
}

/**
 * Sends everything again that failed at an endpoint since a time. Undefined when the actor can reach no such endpoint.
 * @throws GatewayError state_not_allowed, fields_invalid
 */
export function recoverEndpoint(
  gateway: Gateway,
  actor: Actor,
  id: string,
  since: Date,
): Promise<Recovered | undefined> {
  return changingEndpoint(gateway, actor, id, async (tx, found) => {
    const now = gateway.clock.now();
    requireWithinReach("/since", since, now);
    requireEnabled(found, "told of what failed");
    const queued = await planFailedAnew(tx, found, idAtTime("delivery", since.getTime()), mostAtOnce, now);
    return { queued, hasMore: queued === mostAtOnce };
  });
}

export interface ReplayWish {
  readonly from: Date;
  /** Now when left out. */
  readonly to?: Date;
  readonly onlyMissing: boolean;
  readonly startingAfter?: string;
}

export interface Replay extends Recovered {
  /** The last event that was looked at. */
  readonly lastEvent: string | null;
}

/**
 * Sends an endpoint everything again that happened in a time and that it is subscribed to now, or only what was never
 * planned for it, such as what happened while it was disabled. Undefined when the actor can reach no such endpoint.
 * @throws GatewayError state_not_allowed, fields_invalid
 */
export function replayToEndpoint(
  gateway: Gateway,
  actor: Actor,
  id: string,
  wish: ReplayWish,
): Promise<Replay | undefined> {
  return changingEndpoint(gateway, actor, id, async (tx, found) => {
    const now = gateway.clock.now();
    requireWithinReach("/from", wish.from, now);
    if (wish.to !== undefined) requireWithinReach("/to", wish.to, now);
    requireEnabled(found, "replayed to");
    // What happens in this very millisecond is on its way already.
    const toMs = wish.to?.getTime() ?? now.getTime() + 1;
    const stretch = {
      fromId: idAtTime("event", wish.from.getTime()),
      toId: idAtTime("event", toMs),
      afterId: wish.startingAfter ?? "",
      limit: mostAtOnce,
      onlyMissing: wish.onlyMissing,
    };
    const { queued, looked, lastId } = await planReplay(tx, found, stretch, now);
    return { queued, hasMore: looked === mostAtOnce, lastEvent: lastId };
  });
}
