import { apiKeySchema } from "@kineticpay/contract/api-key";
import { bankStatusSchema } from "@kineticpay/contract/bank-status";
import { collectionSchema } from "@kineticpay/contract/collection";
import type { Schema } from "@kineticpay/contract/json-schema";
import { paymentSchema } from "@kineticpay/contract/payment-schema";
import { deliverySchema } from "@kineticpay/contract/webhook-delivery";
import { endpointSchema } from "@kineticpay/contract/webhook-endpoint";
import { eventSchema } from "../routes/events/event-schema.ts";
import type { Json, JsonObject } from "./json.ts";

/** Objects that many operations answer with stand in the document once, under a name that clients can use. */
const named: ReadonlyMap<unknown, string> = new Map([
  [paymentSchema, "Payment"],
  [collectionSchema, "Collection"],
  [apiKeySchema, "ApiKey"],
  [bankStatusSchema, "BankStatus"],
  [endpointSchema, "WebhookEndpoint"],
  [deliverySchema, "WebhookDelivery"],
  [eventSchema, "Event"],
]);

/** What our own formats are called elsewhere; those that nobody else knows are told by the description alone. */
const formatOf: Readonly<Record<string, string>> = { "web-url": "uri", "email-address": "email" };

function convertParts(value: object, isNameMap: boolean): JsonObject {
  const parts: Record<string, Json> = {};
  for (const [name, part] of Object.entries(value)) {
    if (name !== "format" || isNameMap) parts[name] = convert(part, name === "properties" && !isNameMap);
    else if (typeof part === "string" && part in formatOf) parts[name] = formatOf[part] ?? part;
  }
  return parts;
}

function convert(value: unknown, isNameMap: boolean): Json {
  if (Array.isArray(value)) return value.map((each) => convert(each, false));
  if (typeof value !== "object" || value === null) return value as Json;
  const name = named.get(value);
  return name === undefined ? convertParts(value, isNameMap) : { $ref: `#/components/schemas/${name}` };
}

/** A route's schema as OpenAPI 3.1 has it, which is JSON Schema 2020-12 without our own formats. */
export function convertSchema(schema: Schema): JsonObject {
  return convert(schema, false) as JsonObject;
}

/** The schemas that others refer to, by their names. */
export function namedSchemas(): JsonObject {
  return Object.fromEntries([...named].map(([schema, name]) => [name, convertParts(schema as Schema, false)]));
}
