import type { Schema } from "@kineticpay/contract/json-schema";

/** True for what the log wrote in place of a value that it does not keep, or keeps only masked. */
export function isMasked(value: unknown): boolean {
  return typeof value === "string" && (/^\(.*\)$/.test(value) || value.includes("…") || value.includes("(not kept)"));
}

const exampleUrl = "https://shop.example/orders/10001";

/** An address with what is plainly missing; undefined when nothing can be made of it. */
export function urlOf(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  if (/^https?:\/\/[^\s\\]+$/i.test(value) && URL.canParse(value)) return value;
  const withScheme = `https://${value}`;
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+(\/|$)/i.test(value) && URL.canParse(withScheme) ? withScheme : undefined;
}

/** The example that a field's description gives, in the field's own type; undefined when it gives none. */
export function exampleOf(name: string, schema: Schema): unknown {
  if (schema["const"] !== undefined) return schema["const"];
  const choices = schema["enum"];
  if (Array.isArray(choices)) return choices[0];
  if (name === "amount") return 1250;
  if (name === "scopes") return ["payments:read"];
  const quoted = /such as "([^"]+)"/.exec(schema.description ?? "")?.[1];
  if (schema.type === "integer" || schema.type === "number") return schema["minimum"] ?? 1;
  if (schema.type === "boolean") return true;
  if (schema.type === "array") return [];
  if (schema.type === "object") return {};
  if (schema["format"] === "web-url") return exampleUrl;
  const least = /a whole number from (\d+)/.exec(schema.description ?? "")?.[1];
  return quoted ?? least ?? (schema["pattern"] === undefined ? "example" : undefined);
}

function numberOf(value: unknown, name: string, schema: Schema): unknown {
  const number = Number(value);
  if (!Number.isFinite(number)) return exampleOf(name, schema);
  const whole = schema.type === "integer" ? Math.round(number) : number;
  const [least, most] = [Number(schema["minimum"] ?? -Infinity), Number(schema["maximum"] ?? Infinity)];
  return Math.min(most, Math.max(least, whole));
}

function textOf(value: unknown, name: string, schema: Schema): unknown {
  if (typeof value !== "string" && typeof value !== "number") return exampleOf(name, schema);
  if (schema["format"] === "web-url") return urlOf(value) ?? exampleOf(name, schema);
  const choices = schema["enum"];
  if (Array.isArray(choices)) {
    const wanted = String(value).toLowerCase();
    return choices.find((choice) => String(choice).toLowerCase() === wanted) ?? choices[0];
  }
  if (schema["const"] !== undefined) return schema["const"];
  if (schema["pattern"] !== undefined || schema["format"] === "moment" || schema["format"] === "email-address") {
    const pattern = schema["pattern"];
    const fits = typeof pattern === "string" && new RegExp(pattern).test(String(value));
    return fits ? String(value) : exampleOf(name, schema);
  }
  const text = String(value)
    .replace(/[\p{Cc}\u2028\u2029]/gu, " ")
    .trim()
    .slice(0, Number(schema["maxLength"] ?? 1_000));
  return text === "" ? exampleOf(name, schema) : text;
}

/**
 * A value that its field takes: what was sent, brought into form where that can only mean one thing, else the field's
 * example.
 */
export function repairValue(value: unknown, name: string, schema: Schema): unknown {
  if (isMasked(value) || value === null || value === undefined) return exampleOf(name, schema);
  switch (schema.type) {
    case "integer":
    case "number":
      return numberOf(value, name, schema);
    case "string":
      return textOf(value, name, schema);
    case "boolean":
      return String(value).toLowerCase() === "true";
    default:
      return exampleOf(name, schema);
  }
}
