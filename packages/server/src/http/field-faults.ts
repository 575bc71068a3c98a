import type { FieldFault, FieldFaultCode } from "@kineticpay/contract/errors/field-fault";
import { shownPath, shownText } from "@kineticpay/contract/shown-text";
import type { FastifyRequest } from "fastify";
import { nearName } from "../request-log/known-members.ts";

/** One fault as the validator reports it, with the piece of schema that it broke. */
interface SchemaFault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly parentSchema?: Readonly<Record<string, unknown>>;
}

/** What the framework found wrong with one part of a request. It is answered and never logged, so it needs no stack. */
export class FieldsRefused extends Error {
  readonly faults: readonly SchemaFault[];
  readonly part: string;
  constructor(faults: readonly SchemaFault[], part: string) {
    const depth = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super("fields refused");
    Error.stackTraceLimit = depth;
    this.faults = faults;
    this.part = part;
  }
}

type Properties = Readonly<Record<string, { readonly description?: string } | undefined>>;

const codeOfKeyword: Readonly<Record<string, FieldFaultCode>> = {
  required: "field_missing",
  additionalProperties: "field_unknown",
  type: "field_wrong_type",
  maxLength: "field_too_long",
  maxItems: "field_too_long",
  maxProperties: "field_too_long",
  minLength: "field_too_short",
  minimum: "field_out_of_range",
  maximum: "field_out_of_range",
};

/**
 * Steps of a path are joined as in JSON pointers for a body; a query parameter is simply named. A step that nobody knows is
 * shown as far as it may be.
 */
function pathOf(fault: SchemaFault, context: string, last: string | undefined): string {
  const steps = last === undefined ? "" : `/${shownText(last).replaceAll("~", "~0").replaceAll("/", "~1")}`;
  const pointer = `${shownPath(fault.instancePath)}${steps}`;
  return context === "body" ? pointer || "/" : pointer.replace(/^\//, "");
}

function expectedOf(fault: SchemaFault, missing: string | undefined): string {
  const properties = fault.parentSchema?.["properties"] as Properties | undefined;
  if (missing !== undefined) return properties?.[missing]?.description ?? "a value";
  if (fault.keyword === "additionalProperties") return `only ${Object.keys(properties ?? {}).join(", ")}`;
  const description = fault.parentSchema?.["description"];
  return typeof description === "string" ? description : (fault.message ?? "another form");
}

const wordOfType: Readonly<Record<string, string>> = {
  integer: "a whole number",
  number: "a number",
  string: "text in quotes",
  object: "an object",
  array: "a list",
  boolean: "true or false",
  null: "null",
};

function wordsOfType(type: unknown): string {
  const names = Array.isArray(type) ? type.map(String) : String(type).split(",");
  return names.map((name) => wordOfType[name] ?? name).join(" or ");
}

/** The name that an unknown one stands for, as a slip of it or as another service's word, among those that may stand at its place. */
function meantBy(fault: SchemaFault, name: string): string | undefined {
  return nearName(name, Object.keys((fault.parentSchema?.["properties"] as Properties | undefined) ?? {}));
}

function sentenceOf(fault: SchemaFault, path: string, meant: string | undefined): string {
  switch (fault.keyword) {
    case "required":
      return `${path} is missing.`;
    case "additionalProperties":
      return `${path} is not a field of this call.${meant === undefined ? "" : ` Did you mean ${meant}?`}`;
    case "type":
      return `${path} has the wrong type: it must be ${wordsOfType(fault.params["type"])}.`;
    case "maxLength":
    case "maxItems":
    case "maxProperties":
      return `${path} is too long: at most ${String(fault.params["limit"])}.`;
    case "minLength":
      return `${path} is too short: at least ${String(fault.params["limit"])}.`;
    case "minimum":
      return `${path} is too small: at least ${String(fault.params["limit"])}.`;
    case "maximum":
      return `${path} is too large: at most ${String(fault.params["limit"])}.`;
    default:
      return `${path} does not have the form that is expected.`;
  }
}

/** A value that fits none of several forms is one fault to its sender, not one for each form. */
function withoutRepeats(faults: readonly FieldFault[]): FieldFault[] {
  const seen = new Set<string>();
  return faults.filter((fault) => {
    if (seen.has(fault.path)) return false;
    seen.add(fault.path);
    return true;
  });
}

function asFieldFault(fault: SchemaFault, part: string): FieldFault {
  const missing = fault.keyword === "required" ? String(fault.params["missingProperty"]) : undefined;
  const unknown = fault.keyword === "additionalProperties" ? String(fault.params["additionalProperty"]) : undefined;
  const path = pathOf(fault, part, missing ?? unknown);
  const near = unknown === undefined ? undefined : meantBy(fault, unknown);
  return {
    path,
    code: codeOfKeyword[fault.keyword] ?? "field_invalid",
    message: sentenceOf(fault, path, near === undefined ? undefined : pathOf(fault, part, near)),
    expected: expectedOf(fault, missing),
  };
}

/** In the order in which the framework looks at them; it stops at the first part that has a fault. */
const laterParts: Readonly<Record<string, readonly ("body" | "querystring")[]>> = {
  params: ["body", "querystring"],
  body: ["querystring"],
};

function faultsOfPart(request: FastifyRequest, part: "body" | "querystring"): readonly SchemaFault[] {
  const validate = request.getValidationFunction(part);
  if (validate === undefined || validate(part === "body" ? request.body : request.query)) return [];
  return (validate.errors ?? []) as unknown as readonly SchemaFault[];
}

/** Every fault of a request, in whatever part of it: each with its place, what is wrong, and what would be right. */
export function fieldFaults(refused: FieldsRefused, request: FastifyRequest): FieldFault[] {
  const found = refused.faults.map((fault) => asFieldFault(fault, refused.part));
  for (const part of laterParts[refused.part] ?? []) {
    for (const fault of faultsOfPart(request, part)) found.push(asFieldFault(fault, part));
  }
  return withoutRepeats(found);
}
