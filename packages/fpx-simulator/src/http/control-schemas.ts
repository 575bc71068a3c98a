import { responseCodes } from "@kineticpay/fpx/response-codes";
import { disturbances } from "../script.ts";

/** JSON schemas of what the control API takes; Fastify checks them and reports every fault at once. */

/** What each member must be stands in its `description`: it is told to whoever sent something else. */

const quoted = (words: readonly string[]) => words.map((word) => `"${word}"`).join(", ");
const oneOf = <const Words extends readonly string[]>(words: Words) =>
  ({ type: "string", enum: words, description: `one of ${quoted(words)}` }) as const;
const whole = (minimum: number, maximum: number) =>
  ({ type: "integer", minimum, maximum, description: `a whole number from ${minimum} to ${maximum}` }) as const;

const codes = responseCodes.map(({ code: each }) => each);
const code = {
  type: "string",
  enum: codes,
  description: `a response code of FPX as text: ${codes.join(", ")}`,
} as const;
// A week, the longest that a business payment waits for its checker.
const milliseconds = whole(0, 604_800_000);
const text = { type: "string", minLength: 1, maxLength: 100, description: "text of 1 to 100 characters" } as const;
const count = whole(1, 100_000);
const disturbance = oneOf(disturbances);
const route = oneOf(["direct", "indirect"]);
const directWords = ["send", "drop", "duplicate"] as const;
const directForms = `one of ${quoted(directWords)}, or {"delay_ms": 2000}`;
const directRoute = {
  type: ["string", "object"],
  description: directForms,
  if: { type: "string" },
  // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
  then: { enum: directWords, description: directForms },
  else: { properties: { delay_ms: milliseconds }, required: ["delay_ms"], additionalProperties: false },
} as const;
const flag = { type: "boolean", description: "true or false" } as const;

export const decideBody = object({ code, direct: directRoute }, ["code"]);

export const sendBody = object({ route, code, times: whole(1, 100) }, ["route"]);

export const messageBody = object(
  {
    route,
    code,
    overrides: {
      type: "object",
      maxProperties: 50,
      additionalProperties: { type: "string", maxLength: 5_000, description: "text of up to 5000 characters" },
      description: "an object of up to 50 fields of the message, each with its text",
    },
    sign: flag,
  },
  ["route", "code"],
);

export const bankBody = object({ model: oneOf(["b2c", "b2b1"]), online: flag }, ["online"]);

const any = { type: "boolean", const: true, description: "true, or left out" } as const;
export const scriptBody = object(
  {
    match: {
      ...object({ seller_order_no: text, bank_id: text, any }, []),
      minProperties: 1,
      description: 'an object with "seller_order_no", "bank_id" or "any": true',
    },
    code,
    delay_ms: milliseconds,
    direct: directRoute,
    indirect: oneOf(directWords),
    order: oneOf(["direct_first", "indirect_first"]),
    late_success_after_ms: milliseconds,
    ae: disturbance,
    ae_times: count,
    be: disturbance,
    slow_ms: whole(0, 600_000),
    times: count,
  },
  ["match"],
);

function object(properties: Readonly<Record<string, object>>, required: readonly string[]) {
  const description = `an object with ${quoted(Object.keys(properties))}`;
  return { type: "object", properties, required, additionalProperties: false, description } as const;
}
