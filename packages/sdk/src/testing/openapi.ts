import { readFileSync } from "node:fs";

/** What the document says of values; only what it uses. */
export interface OpenApiSchema {
  readonly $ref?: string;
  readonly anyOf?: readonly OpenApiSchema[];
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: OpenApiSchema;
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | OpenApiSchema;
}

interface Parameter {
  readonly $ref?: string;
  readonly name?: string;
  readonly in?: string;
  readonly required?: boolean;
  readonly schema?: OpenApiSchema;
}

type Content = Readonly<Record<string, { readonly schema: OpenApiSchema }>>;

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, OpenApiSchema>> };
}

interface RawOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content: Content }>>;
}

/** One call, as docs/openapi.json describes it. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  readonly query: readonly { readonly name: string; readonly required: boolean; readonly schema: OpenApiSchema }[];
  readonly body: OpenApiSchema | undefined;
  readonly answer: OpenApiSchema;
  /** Failures that it can answer with. */
  readonly failures: readonly number[];
}

const document = JSON.parse(
  readFileSync(new URL("../../../../docs/openapi.json", import.meta.url), "utf8"),
) as Document;

function operationOf(path: string, method: string, raw: RawOperation): Operation {
  const inQuery = (raw.parameters ?? []).filter((each) => each.in === "query");
  const answer = raw.responses["200"]?.content["application/json"]?.schema;
  if (answer === undefined) throw new Error(`${raw.operationId} answers nothing`);
  return {
    id: raw.operationId,
    method: method.toUpperCase(),
    path,
    query: inQuery.map(({ name = "", required = false, schema = {} }) => ({ name, required, schema })),
    body: raw.requestBody?.content["application/json"]?.schema,
    answer,
    failures: Object.keys(raw.responses)
      .map(Number)
      .filter((status) => status !== 200),
  };
}

/** Every operation of the v2 API. */
export const operations: readonly Operation[] = Object.entries(document.paths)
  .filter(([path]) => path.startsWith("/api/v2/"))
  .flatMap(([path, methods]) => Object.entries(methods).map(([method, raw]) => operationOf(path, method, raw)));

/** A schema that goes by a name. */
export function namedSchema(reference: string): OpenApiSchema {
  const name = reference.slice(reference.lastIndexOf("/") + 1);
  const schema = document.components.schemas[name];
  if (schema === undefined) throw new Error(`${reference} is not in the document`);
  return schema;
}
