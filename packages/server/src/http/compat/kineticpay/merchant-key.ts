import type { WireFields } from "./read-fields.ts";

/** The merchant key as it was sent, undefined when none was. It is opaque, so a number is a key like any other. */
export function merchantKeyOf(fields: WireFields): string | undefined {
  const value = fields.get("merchant_key");
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value.trim() : undefined;
}
