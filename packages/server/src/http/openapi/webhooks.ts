import { type EventType, eventEntry, eventTypes } from "@kineticpay/contract/events/catalogue";
import { eventSchema, exampleEvent } from "@kineticpay/contract/events/event";
import { convertSchema } from "./convert-schema.ts";
import type { Json, JsonObject } from "./json.ts";

const header = (name: string, description: string, example: string): JsonObject => ({
  name,
  in: "header",
  required: true,
  description,
  schema: { type: "string" },
  example,
});

/** What Standard Webhooks 1.0 puts beside every body. */
const headers: readonly JsonObject[] = [
  header("webhook-id", "The event's id, the same at every attempt. Handle it once.", "evt_01KG9Q2YD0H4M8R2V6Y1B5F9KT"),
  header("webhook-timestamp", "Seconds since 1970, of this attempt. Refuse what is minutes away.", "1769832090"),
  header(
    "webhook-signature",
    "For each secret that holds, `v1,` and base64 of HMAC-SHA256 over id, timestamp and body; joined by spaces.",
    "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
  ),
];

const responses: JsonObject = {
  "2XX": { description: "Received. What stands in the answer changes nothing." },
  "410": { description: "Nobody will listen here again. The endpoint is disabled." },
  default: {
    description: "Not received. Tried again, ten times in all over some 75 hours; `Retry-After` is honoured.",
  },
};

function webhook(type: EventType): JsonObject {
  const { summary, recorded } = eventEntry(type);
  const operationId = `on_${type}`.replace(/[._](\w)/g, (_match, letter: string) => letter.toUpperCase());
  const content = { schema: convertSchema(eventSchema(type)), example: exampleEvent(type) as unknown as Json };
  return {
    post: {
      operationId,
      tags: ["webhooks"],
      summary,
      description: recorded,
      security: [],
      parameters: headers,
      requestBody: { required: true, content: { "application/json": content } },
      responses,
    },
  };
}

/** What the gateway calls: a request for every type of event, to endpoints that are subscribed to it. */
export function webhooks(): JsonObject {
  return Object.fromEntries(eventTypes.map((type) => [type, webhook(type)]));
}
