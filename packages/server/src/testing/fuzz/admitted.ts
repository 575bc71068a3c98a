import type { Schema } from "@kineticpay/contract/json-schema";
import fc, { type Arbitrary } from "fast-check";

const text = (minimum: number, maximum: number): Arbitrary<string> =>
  fc
    .string({ unit: "grapheme", minLength: minimum, maxLength: Math.min(maximum, 40) })
    .map((value) => (value === "" && minimum > 0 ? "a" : value));

/** Values for the formats that the gateway adds to JSON Schema. */
const ofFormat: Readonly<Record<string, (minimum: number, maximum: number) => Arbitrary<string>>> = {
  "plain-text": text,
  paragraph: (minimum, maximum) => text(minimum, maximum).map((value) => `${value}`),
  "web-url": () => fc.webUrl({ withQueryParameters: true, withFragments: true, validSchemes: ["http", "https"] }),
  "email-address": () => fc.constantFrom("siti@example.com", "a.b-c@mail.example.my"),
  moment: () =>
    fc
      .date({ min: new Date("2020-01-01"), max: new Date("2090-01-01"), noInvalidDate: true })
      .map((date) => date.toISOString()),
  "address-range": () => fc.constantFrom("203.0.113.7", "2001:db8::/32", "10.0.0.0/8"),
};

function stringOf(schema: Schema): Arbitrary<string> {
  const minimum = Number(schema["minLength"] ?? 0);
  const maximum = Number(schema["maxLength"] ?? 60);
  if (schema["const"] !== undefined) return fc.constant(String(schema["const"]));
  if (Array.isArray(schema["enum"])) return fc.constantFrom(...schema["enum"].map(String));
  if (typeof schema["pattern"] === "string")
    return fc.stringMatching(new RegExp(schema["pattern"])).filter((value) => value.length <= maximum);
  return (ofFormat[String(schema["format"])] ?? text)(minimum, maximum);
}

function objectOf(schema: Schema): Arbitrary<unknown> {
  const properties = (schema["properties"] ?? {}) as Readonly<Record<string, Schema>>;
  const required = (schema["required"] ?? []) as string[];
  const shape = Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, admitted(each)]));
  const known = fc.record(shape, { requiredKeys: required });
  const rest = schema["additionalProperties"];
  if (typeof rest !== "object" || rest === null) return known;
  return fc.dictionary(fc.stringMatching(/^[a-z]{1,12}$/), admitted(rest as Schema), { maxKeys: 4 });
}

/** Values that a schema admits; what the gateway then thinks of them is its own affair. */
export function admitted(schema: Schema): Arbitrary<unknown> {
  if (Array.isArray(schema["anyOf"])) return fc.oneof(...(schema["anyOf"] as Schema[]).map(admitted));
  const types = [schema.type ?? "string"].flat() as string[];
  if (types.length > 1) return fc.oneof(...types.map((type) => admitted({ ...schema, type })));
  switch (types[0]) {
    case "integer":
      return fc.integer({
        min: Number(schema["minimum"] ?? 0),
        max: Math.min(Number(schema["maximum"] ?? 1_000_000), 2_000_000_000),
      });
    case "number":
      return fc.double({
        noNaN: true,
        noDefaultInfinity: true,
        min: Number(schema["exclusiveMinimum"] ?? schema["minimum"] ?? -1e6),
        minExcluded: "exclusiveMinimum" in schema,
        max: Number(schema["maximum"] ?? 1e6),
      });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(admitted((schema["items"] ?? {}) as Schema), {
        maxLength: Math.min(Number(schema["maxItems"] ?? 3), 3),
        minLength: Number(schema["minItems"] ?? 0),
      });
    case "object":
      return objectOf(schema);
    default:
      return stringOf(schema);
  }
}
