import type { KineticPay, WebhookDelivery, WebhookEndpoint } from "kineticpay";
import { type Check, type Finding, fault, ok, warning } from "./check.ts";
import { refusal } from "./check-key.ts";

const mostLookedAt = 100;

function endpointTrouble(endpoint: WebhookEndpoint): Finding | undefined {
  const { id, url, status, disabled_reason, failing_since } = endpoint;
  if (status === "disabled" && disabled_reason !== "requested") {
    const why = disabled_reason === "gone" ? "it answered 410" : "every attempt of five days failed";
    const fix = `mend ${url}, then POST /api/v2/webhook_endpoints/${id}/enable and …/recover`;
    return fault("webhooks", `${url} is told nothing any more: ${why}`, fix);
  }
  if (failing_since === null || status === "disabled") return undefined;
  const fix = `kineticpay certify ${url}; its answers: GET /api/v2/webhook_deliveries?webhook_endpoint=${id}`;
  return fault("webhooks", `every attempt to tell ${url} has failed since ${failing_since}`, fix);
}

function deliveryTrouble(failed: readonly WebhookDelivery[]): Finding | undefined {
  const [latest] = failed;
  if (latest === undefined) return undefined;
  const said = [latest.last_status ?? "", latest.last_message ?? latest.last_outcome ?? ""].join(" ").trim();
  const detail = `${failed.length === mostLookedAt ? `${mostLookedAt} or more` : failed.length} deliveries were given up, the latest to ${latest.url}: ${said}`;
  return warning("webhooks", detail, `mend the shop, then kineticpay events resend ${latest.event}`);
}

async function look(client: KineticPay, isManager: boolean, signal: AbortSignal): Promise<Finding> {
  const endpoints = isManager
    ? await client.webhookEndpoints.list({ limit: 100 }, { signal }).toArray({ limit: mostLookedAt })
    : [];
  for (const endpoint of endpoints) {
    const trouble = endpointTrouble(endpoint);
    if (trouble !== undefined) return trouble;
  }
  const asked = { status: "failed", limit: 100 } as const;
  const failed = await client.webhookDeliveries.list(asked, { signal }).toArray({ limit: mostLookedAt });
  const known = isManager ? `${endpoints.length} endpoints, none failing` : "endpoints are shown to keys with manage";
  return deliveryTrouble(failed) ?? ok("webhooks", `${known}; no delivery was given up`);
}

/** That whoever is to be told of events hears of them. */
export const checkWebhooks: Check = {
  name: "webhooks",
  async look({ client, whoami, context }) {
    if (client === undefined || whoami === undefined) return undefined;
    const { scopes } = whoami.key;
    if (!whoami.collection.api_enabled || !whoami.address_allowed || !scopes.includes("payments:read"))
      return undefined;
    try {
      return await look(client, scopes.includes("manage"), context.signal);
    } catch (error) {
      return refusal("webhooks", error);
    }
  },
};
