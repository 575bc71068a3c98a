import { errorCodes } from "@kineticpay/contract/errors/catalogue";
import { array, boolean, closed, literal, object, oneOf, optional, string } from "@kineticpay/contract/json-schema";
import { readCalls } from "../../../request-log/read-calls.ts";
import { reachOf } from "../../reach.ts";
import type { Route } from "../../route.ts";
import { defaultPage, limitSchema } from "../page-schema.ts";
import { settleLog } from "./after-pending.ts";
import { requestSchema, requestView } from "./request-schema.ts";

interface Query {
  readonly limit?: string;
  readonly starting_after?: string;
  readonly status?: string;
  readonly code?: string;
  readonly route?: string;
  readonly key?: string;
  readonly created_after?: string;
  readonly created_before?: string;
}

const statuses = ["200", "401", "403", "404", "429", "500", "502", "503", "504"];
const time = (edge: string) =>
  optional(
    string({ format: "moment", description: `only calls made ${edge} this time, such as "2026-01-31T16:00:00Z"` }),
  );

const query = closed({
  limit: limitSchema,
  starting_after: optional(
    string({
      pattern: "^req_[0-9A-HJKMNP-TV-Z]{26}$",
      description: "the id of the last request of the page before",
    }),
  ),
  status: optional(oneOf(statuses, `one of ${statuses.join(", ")}`)),
  code: optional(oneOf(errorCodes, 'a code of the catalogue, such as "fields_invalid"')),
  route: optional(
    string({ maxLength: 120, pattern: "^/[\\x21-\\x7e]*$", description: 'a route, such as "/api/v2/payments/:id"' }),
  ),
  key: optional(string({ pattern: "^key_[0-9A-HJKMNP-TV-Z]{26}$", description: "the id of a key" })),
  created_after: time("after"),
  created_before: time("before"),
});

const moment = (text: string | undefined) => (text === undefined ? null : new Date(text));

/** What was called lately, newest first. */
export const listRequests: Route<unknown, Query> = {
  method: "GET",
  url: "/api/v2/requests",
  summary: "List logged calls",
  scope: "payments:read",
  query,
  answer: object({ object: literal("list"), data: array(requestSchema), has_more: boolean() }),
  errors: ["fields_invalid"],
  handle: async ({ gateway, caller, query: asked, request }) => {
    await settleLog(request);
    const page = await readCalls(gateway, {
      ...reachOf(caller),
      limit: asked.limit === undefined ? defaultPage : Number(asked.limit),
      startingAfter: asked.starting_after ?? null,
      status: asked.status === undefined ? null : Number(asked.status),
      code: asked.code ?? null,
      route: asked.route ?? null,
      keyId: asked.key ?? null,
      createdAfter: moment(asked.created_after),
      createdBefore: moment(asked.created_before),
    });
    return { object: "list", data: page.items.map(requestView), has_more: page.hasMore };
  },
};
