import { type ApiKeyView, apiKeySchema } from "../api-key.ts";
import { type CollectionView, collectionSchema } from "../collection.ts";
import { endpointSchema, type WebhookEndpointView } from "../webhook-endpoint.ts";
import type { EventEntry } from "./entry.ts";
import { exampleCollection, exampleEndpoint, exampleKey } from "./examples.ts";

const ofManagement = { audience: "management", callbacks: [] } as const;

function keyEvent(summary: string, recorded: string, change: Partial<ApiKeyView> = {}): EventEntry<ApiKeyView> {
  const example = { ...exampleKey, ...change };
  return { summary, recorded, ...ofManagement, dataName: "ApiKey", schema: apiKeySchema, example };
}

function collectionEvent(
  summary: string,
  recorded: string,
  change: Partial<CollectionView> = {},
): EventEntry<CollectionView> {
  const example = { ...exampleCollection, ...change };
  return { summary, recorded, ...ofManagement, dataName: "Collection", schema: collectionSchema, example };
}

function endpointEvent(
  summary: string,
  recorded: string,
  change: Partial<WebhookEndpointView> = {},
): EventEntry<WebhookEndpointView> {
  const example = { ...exampleEndpoint, ...change };
  return { summary, recorded, ...ofManagement, dataName: "WebhookEndpoint", schema: endpointSchema, example };
}

const later = "2026-01-31T06:00:00.000Z";

/**
 * What is changed in keys, collections and endpoints, whoever changed it: over the API, at the operator's command line, or
 * the gateway by itself. `data` is the object after the change; keys and secrets are never in it.
 */
export const accountEvents = {
  "api_key.created": keyEvent(
    "A key was issued, or taken over from another service.",
    "When a key is created, imported, or made by rolling another, which `rolled_from` then names.",
  ),
  "api_key.updated": keyEvent(
    "A key's name, scopes, expiry or allow-list was changed.",
    "When one of these changes. A key that expires records nothing at that moment: `expires_at` has said so before.",
    { name: "Web shop, third server" },
  ),
  "api_key.rolled": keyEvent(
    "A key was replaced by a new one, and ends after the overlap.",
    "When a key is rolled; `data` is the old one. The new one has its own `api_key.created`.",
    { expires_at: "2026-02-01T04:00:00.000Z" },
  ),
  "api_key.revoked": keyEvent("A key was ended.", "When a key is revoked.", { state: "revoked", revoked_at: later }),
  "collection.created": collectionEvent("A collection was made.", "When a collection is created."),
  "collection.updated": collectionEvent(
    "A collection's name, website, API switch or allow-list was changed.",
    "When one of these changes, also when an operator switches the API off.",
    { api_enabled: false },
  ),
  "webhook_endpoint.created": endpointEvent("An endpoint was made.", "When an endpoint is created."),
  "webhook_endpoint.updated": endpointEvent(
    "An endpoint's address, description or subscription was changed.",
    "When one of these changes.",
    { events: ["payment.paid", "payment.late_success"], updated_at: later },
  ),
  "webhook_endpoint.secret_rolled": endpointEvent(
    "An endpoint has a new signing secret.",
    "When the secret is rolled. Neither the old nor the new one is in the event.",
    { updated_at: later },
  ),
  "webhook_endpoint.enabled": endpointEvent(
    "An endpoint is told of events again.",
    "When a disabled endpoint is enabled.",
    { updated_at: later },
  ),
  "webhook_endpoint.disabled": endpointEvent(
    "An endpoint is told nothing any more. `disabled_reason` says why.",
    "When it is disabled on request, when it answers 410 Gone, or when every attempt of five days has failed. It reaches the merchant's other endpoints.",
    {
      status: "disabled",
      disabled_reason: "failing",
      disabled_at: later,
      failing_since: "2026-01-26T05:59:00.000Z",
      updated_at: later,
    },
  ),
  "webhook_endpoint.deleted": endpointEvent(
    "An endpoint was removed.",
    "When an endpoint is deleted. What it was sent stays on record.",
    { updated_at: later },
  ),
  "webhook_endpoint.test": endpointEvent(
    "Somebody asked for a test of this endpoint.",
    "When a test is asked for. It is sent to that endpoint alone, whatever it is subscribed to.",
  ),
} as const satisfies Readonly<Record<string, EventEntry>>;
