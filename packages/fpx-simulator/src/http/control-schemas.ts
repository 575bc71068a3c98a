import { disturbances } from "../script.ts";

/** JSON schemas of what the control API takes; Fastify checks them and reports every fault at once. */

const code = { type: "string", pattern: "^[0-9A-Z]{2}$" } as const;
const model = { type: "string", enum: ["b2c", "b2b1"] } as const;
// A week, the longest that a business payment waits for its checker.
const milliseconds = { type: "integer", minimum: 0, maximum: 604_800_000 } as const;
const text = { type: "string", minLength: 1, maxLength: 100 } as const;
const count = { type: "integer", minimum: 1, maximum: 100_000 } as const;
const disturbance = { type: "string", enum: disturbances } as const;
const route = { type: "string", enum: ["direct", "indirect"] } as const;
const directRoute = {
  type: ["string", "object"],
  if: { type: "string" },
  // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
  then: { enum: ["send", "drop", "duplicate"] },
  else: { properties: { delay_ms: milliseconds }, required: ["delay_ms"], additionalProperties: false },
} as const;

export const decideBody = object({ code, direct: directRoute }, ["code"]);

export const sendBody = object({ route, code, times: { ...count, maximum: 100 } }, ["route"]);

export const messageBody = object(
  {
    route,
    code,
    overrides: { type: "object", maxProperties: 50, additionalProperties: { type: "string", maxLength: 5_000 } },
    sign: { type: "boolean" },
  },
  ["route", "code"],
);

export const bankBody = object({ model, online: { type: "boolean" } }, ["online"]);

export const scriptBody = object(
  {
    match: {
      ...object({ seller_order_no: text, bank_id: text, any: { type: "boolean", const: true } }, []),
      minProperties: 1,
    },
    code,
    delay_ms: milliseconds,
    direct: directRoute,
    indirect: { type: "string", enum: ["send", "drop", "duplicate"] },
    order: { type: "string", enum: ["direct_first", "indirect_first"] },
    late_success_after_ms: milliseconds,
    ae: disturbance,
    ae_times: count,
    be: disturbance,
    slow_ms: { ...milliseconds, maximum: 600_000 },
    times: count,
  },
  ["match"],
);

function object(properties: Readonly<Record<string, object>>, required: readonly string[]) {
  return { type: "object", properties, required, additionalProperties: false } as const;
}
