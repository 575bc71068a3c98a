import {
  array,
  integer,
  literal,
  nullable,
  number,
  object,
  oneOf,
  optional,
  type Schema,
  string,
} from "@kineticpay/contract/json-schema";
import type { StoredCall } from "../../../request-log/store.ts";

export const requestParams = object({ id: string() });

const loose: Schema = { type: ["object", "array", "string", "null"] as never, additionalProperties: true, items: {} };

/** A call as it was logged. What the log does not keep is told by its length, or not at all. */
export const requestProperties = {
  id: string(),
  object: literal("request"),
  created_at: string(),
  collection: nullable("string"),
  key: object({ id: nullable("string"), hint: string() }),
  address: nullable("string"),
  protocol: oneOf(["v2", "wire"], "which API was called"),
  method: string(),
  route: string(),
  path: string(),
  status: integer(),
  code: nullable("string"),
  duration_ms: number(),
};
export const requestSchema = object(requestProperties);

export const fullRequestSchema = object({
  ...requestProperties,
  query: loose,
  body: loose,
  answer: loose,
});

/** A line of the list. A stranger's call shows neither where it came from nor anything that was sent. */
export function requestView(call: StoredCall) {
  return {
    id: call.id,
    object: "request",
    created_at: call.created_at.toISOString(),
    collection: call.collection_id,
    key: { id: call.key_id, hint: call.key_hint },
    address: call.merchant_id === null ? null : call.address,
    protocol: call.protocol,
    method: call.method,
    route: call.route,
    path: call.path,
    status: call.status,
    code: call.code === "" ? null : call.code,
    duration_ms: call.duration_ms,
  };
}

export function fullRequestView(call: StoredCall) {
  return { ...requestView(call), query: call.query, body: call.request_body, answer: call.answer_body };
}

export const correctedSchema = object({
  method: string(),
  path: string(),
  protocol: string(),
  body: optional(loose),
});

export const explanationSchema = object({
  object: literal("explanation"),
  request: requestSchema,
  outcome: oneOf(["succeeded", "failed"], "how the call ended"),
  what: string({ description: "what happened, as it was answered" }),
  why: string({ description: "why, with how things stand now" }),
  fix: array(string(), { description: "what to do, in this order" }),
  faults: array(object({ path: string(), code: string(), message: string(), expected: string() })),
  checks: array(object({ name: string(), ok: { type: "boolean" }, detail: string() }), {
    description: "how the key, the switch, the allow-lists and the limits stand now",
  }),
  corrected: array(correctedSchema, { description: "the calls to send instead, in this order" }),
  curl: nullable("string"),
  notes: array(string(), { description: "what was changed, and what is only an example" }),
  retryable: { type: "boolean" },
  doc_url: nullable("string"),
});
