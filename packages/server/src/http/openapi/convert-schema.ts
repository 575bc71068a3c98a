import type { Schema } from "../schema.ts";
import type { Json, JsonObject } from "./json.ts";

/** What our own formats are called elsewhere; those that nobody else knows are told by the description alone. */
const formatOf: Readonly<Record<string, string>> = { "web-url": "uri", "email-address": "email" };

function convert(value: unknown, isNameMap: boolean): Json {
  if (Array.isArray(value)) return value.map((each) => convert(each, false));
  if (typeof value !== "object" || value === null) return value as Json;
  const parts: Record<string, Json> = {};
  for (const [name, part] of Object.entries(value)) {
    if (name !== "format" || isNameMap) parts[name] = convert(part, name === "properties" && !isNameMap);
    else if (typeof part === "string" && part in formatOf) parts[name] = formatOf[part] ?? part;
  }
  return parts;
}

/** A route's schema as OpenAPI 3.1 has it, which is JSON Schema 2020-12 without our own formats. */
export function convertSchema(schema: Schema): JsonObject {
  return convert(schema, false) as JsonObject;
}
