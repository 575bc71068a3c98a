import { statusOfType } from "@kineticpay/contract/errors/entry";
import { fieldFaultCodes } from "@kineticpay/contract/errors/field-fault";
import { idempotencyHeader, keyForm, longestKey } from "../idempotency-key.ts";
import type { JsonObject } from "./json.ts";

const text = (description: string): JsonObject => ({ type: "string", description });
export const ref = (place: string): JsonObject => ({ $ref: `#/components/${place}` });

const fieldFault: JsonObject = {
  type: "object",
  description: "One fault of the request.",
  required: ["path", "code", "message", "expected"],
  properties: {
    path: text("A JSON pointer into the body, or the name of a query parameter or header."),
    code: { type: "string", description: "More may be added.", examples: [...fieldFaultCodes] },
    message: text("What is wrong."),
    expected: text("The accepted form, or an example that can be sent as it is."),
  },
};

const error: JsonObject = {
  type: "object",
  description: "The body of every failure.",
  required: ["type", "message", "code", "status", "request_id", "doc_url", "retryable", "meta"],
  properties: {
    type: { type: "string", enum: Object.keys(statusOfType), description: "The kind of failure." },
    message: text("For a developer: what happened and what to do next. The wording may change."),
    code: text("The case. Never changes its meaning; more codes may be added."),
    status: { type: "integer", enum: Object.values(statusOfType), description: "The same as the HTTP status." },
    request_id: text("Names this call, here and in the header X-Request-Id."),
    doc_url: { type: "string", format: "uri", description: "The page of this code." },
    retryable: { type: "boolean", description: "Whether the same call may be sent again with a chance of success." },
    fields: { type: "array", items: ref("schemas/FieldFault"), description: "Every fault of the request; on 403." },
    retry_after: {
      type: "integer",
      minimum: 0,
      description: "Seconds, as in the header Retry-After; on 429 and 503.",
    },
    meta: { type: "object", description: "Every value that the message mentions, by stable names." },
  },
};

const wireError: JsonObject = {
  description: "The same, with the lists that clients of the first protocol read.",
  allOf: [
    ref("schemas/Error"),
    {
      type: "object",
      required: ["error"],
      properties: {
        error: {
          type: "object",
          additionalProperties: { type: "array", items: { type: "string" }, minItems: 1 },
          description: "For each field, sentences. What belongs to no field stands under the name nearest to it.",
        },
      },
    },
  ],
};

const validation: JsonObject = {
  type: "object",
  description: "The answer to `validate_only=true` when the call would go well.",
  required: ["object", "valid"],
  properties: { object: { const: "validation" }, valid: { const: true } },
};

const header = (schema: JsonObject, description: string): JsonObject => ({ description, required: true, schema });

/** The schemas of failures and of rehearsals. */
export const sharedSchemas: JsonObject = {
  Error: error,
  FieldFault: fieldFault,
  WireError: wireError,
  Validation: validation,
};

const idempotencyKey: JsonObject = {
  name: idempotencyHeader,
  in: "header",
  required: false,
  description: `Makes the call safe to repeat: ${keyForm}. The same call under the same key gets the first answer again, for at least 30 days.`,
  schema: { type: "string", minLength: 1, maxLength: longestKey, pattern: "^[\\x20-\\x7e]+$" },
  example: "3f6c2a52-5d0e-4f0e-9a39-0d4e4f6c8f11",
};

/** What else the whole document shares, but for the examples. */
export const components: JsonObject = {
  parameters: { IdempotencyKey: idempotencyKey },
  headers: {
    IdempotencyReplayed: {
      description:
        "There when this is the answer of an earlier call with the same Idempotency-Key, and nothing was done.",
      schema: { type: "string", const: "true" },
    },
    RequestId: header({ type: "string" }, "Names this call; quote it when you ask about the call."),
    RetryAfter: header({ type: "integer", minimum: 0 }, "Seconds after which a repeat makes sense."),
  },
  securitySchemes: {
    bearer: { type: "http", scheme: "bearer", description: "The API key: `Authorization: Bearer kp_test_…`." },
    basic: { type: "http", scheme: "basic", description: "The API key as the user name, with an empty password." },
  },
};
