import { routes } from "../routes/index.ts";
import { components, sharedSchemas } from "./components.ts";
import { namedSchemas } from "./convert-schema.ts";
import type { Json, JsonObject } from "./json.ts";
import { nameOf, operationOf, type Recorded } from "./operations.ts";
import { shareExamples } from "./shared-examples.ts";
import { webhooks } from "./webhooks.ts";
import { wireOperation, wireRoutes } from "./wire-operations.ts";

const description = `Take FPX payments. Amounts are whole sen, times are RFC 3339 in UTC. Every success is answered with 200. Every
failure has one of the statuses 401, 403, 404, 429, 500, 502, 503 and 504 and the body \`Error\`; a client that accepts
\`application/problem+json\` gets the same members with \`type\` as the address of the code's page (RFC 9457). Clients must
let members and codes pass that they do not know.`;

function paths(recorded: ReadonlyMap<string, Recorded>): JsonObject {
  const found: Record<string, Record<string, Json>> = {};
  const add = (method: string, url: string, operation: JsonObject) => {
    const path = url.replace(/:(\w+)/g, "{$1}");
    found[path] = { ...found[path], [method.toLowerCase()]: operation };
  };
  for (const route of routes) add(route.method, route.url, operationOf(route, recorded.get(nameOf(route))));
  for (const route of wireRoutes) add(route.method, route.url, wireOperation(route, recorded.get(nameOf(route))));
  return found;
}

/**
 * The OpenAPI 3.1 document of everything that programs call.
 * @param recorded what the operations really answered, by their names; kept as their examples
 */
export async function openapiDocument(version: string, recorded: ReadonlyMap<string, Recorded>): Promise<JsonObject> {
  const { shared, own } = await shareExamples(recorded);
  return {
    openapi: "3.1.0",
    info: {
      title: "KineticPay gateway",
      version,
      description,
      license: { name: "Apache 2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "http://127.0.0.1:8080", description: "A sandbox on your own machine" }],
    tags: [...new Set(routes.map((route) => route.url.split("/")[3] ?? "")), "wire", "webhooks"].map((name) => ({
      name,
    })),
    paths: paths(own),
    webhooks: webhooks(),
    components: {
      ...components,
      schemas: { ...sharedSchemas, ...namedSchemas() },
      examples: shared,
    },
  };
}
