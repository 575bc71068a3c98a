/**
 * JSON Schema (2020-12, the part that Ajv and OpenAPI 3.1 share), written with functions instead of nested literals. A
 * schema library was measured to cost a fifth of a warm start, for types that we name better ourselves.
 */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly [keyword: string]: unknown;
}

type Keywords = Readonly<Record<string, unknown>>;

const optionalMark = Symbol("optional");

/** Marks a property that may be left out. */
export function optional(schema: Schema): Schema {
  return { ...schema, [optionalMark]: true };
}

function isOptional(schema: Schema): boolean {
  return (schema as { [optionalMark]?: true })[optionalMark] === true;
}

const secretMark = Symbol("secret");

/** Text that is a secret: it is shown in one answer, and kept nowhere as it is. */
export function shownOnce(more = ""): Schema {
  return { type: "string", description: `shown this once${more}`, [secretMark]: true };
}

/** Whether values of a schema hold a secret. */
export function holdsSecret(schema: Schema): boolean {
  if (secretMark in schema) return true;
  const { properties = {}, items = [], anyOf: forms = [] } = schema as Readonly<Record<string, object | undefined>>;
  return [Object.values(properties), items, forms].flat().some((part) => holdsSecret(part as Schema));
}

export const string = (keywords: Keywords = {}): Schema => ({ type: "string", ...keywords });
export const integer = (keywords: Keywords = {}): Schema => ({ type: "integer", ...keywords });
export const number = (keywords: Keywords = {}): Schema => ({ type: "number", ...keywords });
export const boolean = (keywords: Keywords = {}): Schema => ({ type: "boolean", ...keywords });
export const nothing = (): Schema => ({ type: "null" });
export const literal = (value: string, keywords: Keywords = {}): Schema => ({
  type: "string",
  const: value,
  ...keywords,
});
export const oneOf = (values: readonly string[], description: string): Schema => ({
  type: "string",
  enum: [...values],
  description,
});
export const array = (items: Schema, keywords: Keywords = {}): Schema => ({ type: "array", items, ...keywords });
export const anyOf = (...schemas: readonly Schema[]): Schema => ({ anyOf: [...schemas] });
export const nullable = (type: string): Schema => ({ type: [type, "null"] as never });

/** An object whose properties are all required, but for those marked optional. */
export function object(properties: Readonly<Record<string, Schema>>, keywords: Keywords = {}): Schema {
  const required = Object.keys(properties).filter((name) => !isOptional(properties[name] ?? {}));
  return { type: "object", properties, ...(required.length > 0 ? { required } : {}), ...keywords };
}

/** An object that takes no property but these. What comes in from outside is always closed. */
export function closed(properties: Readonly<Record<string, Schema>>, keywords: Keywords = {}): Schema {
  return object(properties, { additionalProperties: false, ...keywords });
}
