import type { FieldFaultCode } from "@kineticpay/contract/errors/field-fault";
import type { Schema } from "@kineticpay/contract/json-schema";

/** A body with one fault in it, and how the gateway must name that fault. */
export interface PlantedFault {
  readonly body: Readonly<Record<string, unknown>>;
  readonly path: string;
  readonly code: FieldFaultCode;
}

type Body = Readonly<Record<string, unknown>>;

function wrongType(schema: Schema): unknown {
  const types = [schema.type ?? "string"].flat() as string[];
  return types.includes("object") ? "text" : { wrong: true };
}

/** Every way in which one property of an otherwise good body can be broken. */
function faultsOfProperty(body: Body, name: string, schema: Schema, required: boolean): PlantedFault[] {
  const path = `/${name}`;
  const faults: PlantedFault[] = [{ body: { ...body, [name]: wrongType(schema) }, path, code: "field_wrong_type" }];
  if (required) {
    const { [name]: _gone, ...rest } = body;
    faults.push({ body: rest, path, code: "field_missing" });
  }
  if (schema.type === "string" && typeof schema["maxLength"] === "number") {
    faults.push({ body: { ...body, [name]: "a".repeat(schema["maxLength"] + 1) }, path, code: "field_too_long" });
  }
  if (schema.type === "string" && schema["format"] === "plain-text") {
    faults.push({ body: { ...body, [name]: "line\nbreak" }, path, code: "field_invalid" });
  }
  if (schema.type === "integer" && typeof schema["maximum"] === "number") {
    faults.push({ body: { ...body, [name]: schema["maximum"] + 1 }, path, code: "field_out_of_range" });
    faults.push({ body: { ...body, [name]: 1.5 }, path, code: "field_wrong_type" });
  }
  if (Array.isArray(schema["enum"]))
    faults.push({ body: { ...body, [name]: "none of these" }, path, code: "field_invalid" });
  return faults;
}

/** Every body that differs from a good one by one fault. */
export function plantedFaults(schema: Schema, body: Body): PlantedFault[] {
  const properties = (schema["properties"] ?? {}) as Readonly<Record<string, Schema>>;
  const required = (schema["required"] ?? []) as string[];
  const faults = Object.entries(properties).flatMap(([name, each]) =>
    faultsOfProperty(body, name, each, required.includes(name)),
  );
  return [...faults, { body: { ...body, not_a_member: 1 }, path: "/not_a_member", code: "field_unknown" }];
}
