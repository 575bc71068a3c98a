import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { countSecrets, newSecret, replaceSecret } from "../callbacks/endpoint-secrets.ts";
import { type Endpoint, updateEndpoint } from "../callbacks/endpoints.ts";
import type { Gateway } from "../gateway.ts";
import type { Actor } from "../merchants/audit-log.ts";
import { changingEndpoint, recordEndpointChange } from "./change-endpoints.ts";

const hourMs = 60 * 60 * 1000;
/** Seven days. */
export const longestOverlapHours = 168;
/** Each of them adds a signature to every request. */
const mostSecrets = 5;

export interface RolledSecret {
  readonly endpoint: Endpoint;
  /** Shown once. */
  readonly secret: string;
  /** Until then requests are signed with the old secret too. */
  readonly oldValidUntil: Date;
}

/**
 * Gives an endpoint a new signing secret. Until the overlap has passed every request carries both signatures, so that a
 * receiver may hold either; with none, the old one ends at once. Undefined when the actor can reach no such endpoint.
 * @throws GatewayError state_not_allowed when too many overlaps are still running
 */
export function rollSecret(
  gateway: Gateway,
  actor: Actor,
  id: string,
  overlapHours: number,
): Promise<RolledSecret | undefined> {
  return changingEndpoint(gateway, actor, id, async (tx, found) => {
    const now = gateway.clock.now();
    if ((await countSecrets(tx, id, now)) >= mostSecrets) {
      const detail = `${mostSecrets} secrets sign its requests already; wait until one of their overlaps has passed`;
      throw new GatewayError("state_not_allowed", {
        meta: { webhook_endpoint: id, status: found.status, action: "given another secret", allowed: [], detail },
      });
    }
    const secret = newSecret(gateway);
    const oldValidUntil = new Date(now.getTime() + overlapHours * hourMs);
    await replaceSecret(tx, id, secret.sealed, { now, oldValidUntil });
    const next = { ...found, updatedAt: now };
    await updateEndpoint(tx, next);
    const action = "webhook_endpoint.secret_rolled";
    await recordEndpointChange(gateway, tx, actor, next, { action, type: action, before: found });
    return { endpoint: next, secret: secret.shown, oldValidUntil };
  });
}
