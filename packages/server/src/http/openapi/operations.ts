import type { Schema } from "@kineticpay/contract/json-schema";
import { takesKey } from "../idempotency-key.ts";
import { isOptionalBody } from "../optional-body.ts";
import { querySchema } from "../register-api.ts";
import type { Route } from "../route.ts";
import { ref } from "./components.ts";
import { convertSchema } from "./convert-schema.ts";
import { errorResponses, type Failures } from "./error-responses.ts";
import type { Json, JsonObject } from "./json.ts";
import { listedErrors } from "./listed-errors.ts";

/** What one operation really answered: the first success, with what was sent for it, and its failures by their codes. */
export interface Recorded {
  readonly request?: Json;
  readonly answer?: Json;
  readonly failures: Failures["examples"];
}

/** The name by which an operation is recorded. */
export const nameOf = (route: Pick<Route, "method" | "url">): string => `${route.method} ${route.url}`;

const camel = (words: string) => words.replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
const singular = (noun: string) => noun.replace(/ies$/, "y").replace(/s$/, "");

/** `listPayments`, `createPayment`, `getPayment`, `cancelPayment`: what a generated client calls its functions. */
export function operationId(route: Pick<Route, "method" | "url" | "answer">): string {
  const [noun = "", id, action] = route.url
    .replace(/^\/api\/v2\/(sandbox\/)?/, "")
    .split("/")
    .map(camel);
  const isList = JSON.stringify(route.answer["properties"] ?? {}).includes('"const":"list"');
  if (id === undefined) {
    if (route.method === "POST") return `create${capital(singular(noun))}`;
    return isList ? `list${capital(noun)}` : noun;
  }
  const thing = capital(singular(noun));
  if (action !== undefined && route.method === "POST") return `${action}${thing}`;
  const verb = route.method === "GET" ? "get" : route.method === "PUT" ? "replace" : "update";
  return `${verb}${thing}${action === undefined ? "" : capital(action)}`;
}

function parameters(place: "path" | "query", schema: Schema | undefined): JsonObject[] {
  const required = (schema?.["required"] ?? []) as readonly string[];
  const properties = (schema?.["properties"] ?? {}) as Readonly<Record<string, Schema>>;
  return Object.entries(properties).map(([name, each]) => {
    const { description, ...rest } = convertSchema(each);
    return {
      name,
      in: place,
      required: place === "path" || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

function requestBody(route: Route, recorded: Recorded | undefined): JsonObject {
  if (route.body === undefined) return {};
  const isOptional = isOptionalBody(route.body);
  const schema = { ...convertSchema(route.body), ...(isOptional ? { type: "object" } : {}) };
  const example = recorded?.request === undefined ? {} : { example: recorded.request };
  return { requestBody: { required: !isOptional, content: { "application/json": { schema, ...example } } } };
}

function success(route: Route, recorded: Recorded | undefined): JsonObject {
  const schema = convertSchema(route.answer);
  const example = recorded?.answer === undefined ? {} : { example: recorded.answer };
  return {
    description: "OK",
    headers: {
      "X-Request-Id": ref("headers/RequestId"),
      ...(takesKey(route) ? { "Idempotency-Replayed": ref("headers/IdempotencyReplayed") } : {}),
    },
    content: {
      "application/json": {
        schema: route.method === "GET" ? schema : { anyOf: [schema, ref("schemas/Validation")] },
        ...example,
      },
    },
  };
}

/** One route of the v2 API as an operation. */
export function operationOf(route: Route, recorded: Recorded | undefined): JsonObject {
  const failures: Failures = {
    codes: listedErrors(route),
    schema: "Error",
    examples: recorded?.failures ?? {},
    isRepeatable: takesKey(route),
  };
  const scope = route.scope === undefined ? "" : `Needs the scope \`${route.scope}\`.`;
  const all = [
    ...parameters("path", route.params),
    ...parameters("query", querySchema(route)),
    ...(takesKey(route) ? [ref("parameters/IdempotencyKey")] : []),
  ];
  return {
    operationId: operationId(route),
    tags: [route.url.split("/")[3] ?? ""],
    summary: route.summary,
    ...(scope === "" ? {} : { description: scope }),
    security: route.public === true ? [] : [{ bearer: [] }, { basic: [] }],
    ...(all.length === 0 ? {} : { parameters: all }),
    ...requestBody(route, recorded),
    responses: { "200": success(route, recorded), ...errorResponses(failures) },
  };
}
