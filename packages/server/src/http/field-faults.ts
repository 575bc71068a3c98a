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
  /** What stood at the place. */
  readonly data?: unknown;
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
  if (fault.keyword === "type" && fault.instancePath === "" && properties !== undefined)
    return `an object of ${Object.keys(properties).join(", ")}`;
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

type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Names that are looked at for what was meant by them. Whoever sends more has not mistyped. */
const mostHints = 10;

/**
 * What may have been meant by a name that is no field, as a sentence; "" where nothing is near. Never a field that was sent as well,
 * nor the one that switches a safeguard off.
 */
function hintFor(fault: SchemaFault, name: string, pathTo: (name: string) => string): string {
  const sent = isObject(fault.data) ? fault.data : {};
  const properties = (fault.parentSchema?.["properties"] ?? {}) as Readonly<Record<string, Members | undefined>>;
  const free = Object.keys(properties).filter((each) => each !== "force" && !Object.hasOwn(sent, each));
  const near = nearName(name, free);
  if (near !== undefined) return ` Did you mean ${pathTo(near)}?`;
  for (const outer of free) {
    const inner = nearName(name, Object.keys(properties[outer]?.["properties"] ?? {}));
    if (inner !== undefined) return ` Did you mean ${pathTo(outer)}/${inner}?`;
  }
  const wrapped = sent[name];
  return isObject(wrapped) && Object.keys(wrapped).some((each) => Object.hasOwn(properties, each))
    ? " What is inside of it belongs at the top."
    : "";
}

function wrongType(fault: SchemaFault, path: string): string {
  const { data, params } = fault;
  if (fault.instancePath === "" && path === "/") {
    const seen =
      typeof data === "string" ? "a text, as when JSON is encoded twice" : Array.isArray(data) ? "a list" : undefined;
    return `The body has to be one JSON object${seen === undefined ? "" : `, and is ${seen}`}.`;
  }
  if (!path.startsWith("/") && Array.isArray(data)) return `${path} is given more than once.`;
  return `${path} has the wrong type: it must be ${wordsOfType(params["type"])}.`;
}

/** What can be seen at a text that has another form than it should; "" where that is nothing. */
function unseenIn(fault: SchemaFault, path: string): string {
  const { data } = fault;
  if (typeof data !== "string") return "";
  if (/\p{Cc}/u.test(data)) return " It holds a line break or another character that cannot be seen.";
  return !path.startsWith("/") && /T[\d:.]+ \d\d:?\d\d$/.test(data) ? " In an address, + is written %2B." : "";
}

function sentenceOf(fault: SchemaFault, path: string): string {
  switch (fault.keyword) {
    case "required":
      return `${path} is missing.`;
    case "additionalProperties":
      return `${path} is not a field of this call.`;
    case "type":
      return wrongType(fault, path);
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
      return `${path} does not have the form that is expected.${unseenIn(fault, path)}`;
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

function asFieldFault(fault: SchemaFault, part: string, hints: { left: number }): FieldFault {
  const missing = fault.keyword === "required" ? String(fault.params["missingProperty"]) : undefined;
  const unknown = fault.keyword === "additionalProperties" ? String(fault.params["additionalProperty"]) : undefined;
  const path = pathOf(fault, part, missing ?? unknown);
  const isHinted = unknown !== undefined && hints.left-- > 0;
  const hint = isHinted ? hintFor(fault, unknown, (name) => pathOf(fault, part, name)) : "";
  return {
    path,
    code: codeOfKeyword[fault.keyword] ?? "field_invalid",
    message: `${sentenceOf(fault, path)}${hint}`,
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
  const hints = { left: mostHints };
  const found = refused.faults.map((fault) => asFieldFault(fault, refused.part, hints));
  for (const part of laterParts[refused.part] ?? []) {
    for (const fault of faultsOfPart(request, part)) found.push(asFieldFault(fault, part, hints));
  }
  return withoutRepeats(found);
}
