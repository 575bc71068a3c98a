import { namedSchema, type OpenApiSchema, type Operation } from "./openapi.ts";
import type { SdkMethod } from "./sdk-methods.ts";

/** Compares two types member by member: the same names, as optional, with the same values. */
const comparer = `
interface Open { readonly "anything at all": never }
type Text<T> = T extends string | number | boolean ? \`\${T}\` : T;
type IsOptional<T, K extends keyof T> = Record<never, never> extends Pick<T, K> ? true : false;
type Leaf<A, B> = string extends B ? ([A] extends [B] ? true : false) : [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type Keys<A, B> = [keyof A] extends [keyof B] ? ([keyof B] extends [keyof A] ? true : false) : false;
type Members<A, B> = { [K in keyof A & keyof B]: IsOptional<A, K> extends IsOptional<B, K> ? Same<A[K], B[K]> : false }[keyof A & keyof B];
type Whole<A, B> = [A] extends [readonly (infer C)[]] ? ([B] extends [readonly (infer D)[]] ? Same<C, D> : false)
  : [A] extends [object] ? ([B] extends [object] ? (Keys<A, B> extends true ? ([Members<A, B>] extends [true] ? true : false) : false) : false)
  : Leaf<A, B>;
type Nulls<T> = null extends T ? true : false;
type Same<A, B> = [NonNullable<B>] extends [Open] ? true : Nulls<A> extends Nulls<B> ? Whole<NonNullable<A>, NonNullable<B>> : false;
type Query<T> = { [K in keyof T]: Text<T[K]> };
type Plain<T> = Omit<T, "_request_id">;
type Facts<P> = Omit<P, keyof Page<unknown> | "_request_id">;
`;

/** A schema as a type. What the document leaves open may be anything. */
export function typeOf(schema: OpenApiSchema): string {
  if (schema.$ref !== undefined) return typeOf(namedSchema(schema.$ref));
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (Array.isArray(schema.type)) {
    return schema.type.includes("object") ? "Open" : schema.type.map((type) => typeOf({ ...schema, type })).join(" | ");
  }
  switch (schema.type) {
    case "array":
      return schema.items === undefined ? "Open" : `readonly (${typeOf(schema.items)})[]`;
    case "integer":
      return "number";
    case "object":
      return objectType(schema);
    default:
      return String(schema.type);
  }
}

function objectType({ properties, required = [], additionalProperties }: OpenApiSchema): string {
  const names = Object.keys(properties ?? {});
  if (names.length === 0) {
    return typeof additionalProperties === "object"
      ? `Readonly<Record<string, ${typeOf(additionalProperties)}>>`
      : "Open";
  }
  const member = (name: string) =>
    `${JSON.stringify(name)}${required.includes(name) ? "" : "?"}: ${typeOf(properties?.[name] ?? {})}`;
  return `{ ${names.map(member).join("; ")} }`;
}

const isValidation = (schema: OpenApiSchema) => schema.$ref?.endsWith("/Validation") === true;

/** What a write answers when it is no validation. */
function answerOf({ answer }: Operation): OpenApiSchema {
  const others = answer.anyOf?.filter((each) => !isValidation(each));
  return others?.[0] ?? answer;
}

/** Members of lists that every page has. */
const ofPages = new Set(["object", "data", "has_more"]);

function answerChecks(operation: Operation, method: SdkMethod): string[] {
  const words = method.parameters.filter((each) => each !== "options" && each !== "params");
  const given = [...words.map(() => '""'), ...(method.parameters.includes("params") ? ["undefined as never"] : [])];
  const result = `result_${operation.id}`;
  const lines = [`const ${result} = await client.${method.name}(${given.join(", ")});`];
  const schema = answerOf(operation);
  const { data } = schema.properties ?? {};
  if (data === undefined) {
    return [...lines, check(`${operation.id}_answer`, `Same<Plain<typeof ${result}>, ${typeOf(schema)}>`)];
  }
  const more = Object.entries(schema.properties ?? {}).filter(([name]) => !ofPages.has(name));
  const facts = objectType({ properties: Object.fromEntries(more), required: schema.required ?? [] });
  return [
    ...lines,
    check(`${operation.id}_items`, `Same<(typeof ${result})["data"], ${typeOf(data)}>`),
    more.length === 0
      ? check(`${operation.id}_facts`, `Leaf<keyof Facts<typeof ${result}>, never>`)
      : check(`${operation.id}_facts`, `Same<Facts<typeof ${result}>, ${facts}>`),
  ];
}

const check = (name: string, type: string) => `const ${name}: ${type} = true;`;

function parameterChecks(operation: Operation, method: SdkMethod): string[] {
  const at = method.parameters.indexOf("params");
  const given = `NonNullable<Parameters<typeof client.${method.name}>[${at}]>`;
  const { body } = operation;
  const query = operation.query.filter(({ name }) => name !== "validate_only");
  if (at === -1) return [check(`${operation.id}_takes_nothing`, `${body === undefined && query.length === 0}`)];
  if (body !== undefined) return [check(`${operation.id}_body`, `Same<${given}, ${typeOf(body)}>`)];
  const properties = Object.fromEntries(query.map(({ name, schema }) => [name, schema]));
  const required = query.filter((each) => each.required).map(({ name }) => name);
  return [check(`${operation.id}_query`, `Same<Query<${given}>, ${objectType({ properties, required })}>`)];
}

/** A program that compiles when each method takes and answers what its operation does. */
export function typeChecks(pairs: readonly { readonly operation: Operation; readonly method: SdkMethod }[]): string {
  const checks = pairs.flatMap(({ operation, method }) => [
    ...parameterChecks(operation, method),
    ...answerChecks(operation, method),
  ]);
  return `import { KineticPay, Page } from "kineticpay";\n${comparer}\nconst client = new KineticPay();\n${checks.join("\n")}\n`;
}
