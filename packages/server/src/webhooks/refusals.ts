import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { Endpoint } from "../callbacks/endpoints.ts";

/** @throws GatewayError state_not_allowed for an endpoint that is told nothing */
export function requireEnabled(endpoint: Endpoint, action: string): void {
  if (endpoint.status === "enabled") return;
  throw new GatewayError("state_not_allowed", {
    meta: {
      webhook_endpoint: endpoint.id,
      status: endpoint.status,
      action,
      allowed: ["enabled"],
      detail: `enable it first with POST /api/v2/webhook_endpoints/${endpoint.id}/enable`,
    },
  });
}
