import type { Schema } from "@kineticpay/contract/json-schema";

/** A body that may be left out altogether, where everything in it is optional. */
export function optionalBody(body: Schema): Schema {
  return { ...body, type: ["object", "null"] as never };
}

export function isOptionalBody(body: Schema): boolean {
  return Array.isArray(body.type) && body.type.includes("null");
}
