import { errorCodes } from "@kineticpay/contract/errors/catalogue";
import {
  boolean,
  integer,
  literal,
  nullable,
  number,
  object,
  oneOf,
  optional,
  string,
} from "@kineticpay/contract/json-schema";
import { longestDelayMs } from "../../../faults/fault.ts";
import type { FaultRule } from "../../../faults/rules.ts";

export const faultProperties = {
  code: optional(oneOf(errorCodes, 'the code to answer with, such as "bank_timeout"')),
  route: optional(
    string({
      maxLength: 120,
      format: "plain-text",
      description: 'the calls it is for, such as "POST /api/v2/payments" or "/payment/create"; all when left out',
    }),
  ),
  key: optional(
    string({ maxLength: 64, format: "plain-text", description: "the id of a key; all keys when left out" }),
  ),
  share: optional(
    number({
      exclusiveMinimum: 0,
      maximum: 1,
      description: "how many of the calls, above 0 and up to 1; all when left out",
    }),
  ),
  count: optional(integer({ minimum: 1, maximum: 1_000_000, description: "how many times at most, from 1" })),
  seed: optional(
    integer({ minimum: 0, maximum: 2_147_483_647, description: "a whole number; the same one strikes the same calls" }),
  ),
  delay_ms: optional(
    integer({ minimum: 1, maximum: longestDelayMs, description: `milliseconds to wait, 1 to ${longestDelayMs}` }),
  ),
  after: optional(literal("commit", { description: '"commit" to do the work first and lose only its answer' })),
  drop: optional(boolean({ description: "true to reset the connection before an answer" })),
  half: optional(boolean({ description: "true to reset the connection in the middle of the answer" })),
};

export const faultSchema = object({
  id: string(),
  object: literal("fault"),
  code: nullable("string"),
  route: nullable("string"),
  key: nullable("string"),
  share: number(),
  count: nullable("integer"),
  seed: integer(),
  delay_ms: integer(),
  after: nullable("string"),
  drop: boolean(),
  half: boolean(),
  seen: integer(),
  hits: integer(),
  created_at: string(),
});

/** A rule as it is answered. */
export function faultView(rule: FaultRule) {
  const route = rule.route === null ? null : `${rule.method === null ? "" : `${rule.method} `}${rule.route}`;
  return {
    id: rule.id,
    object: "fault",
    code: rule.code ?? null,
    route,
    key: rule.keyId,
    share: rule.share,
    count: rule.mostHits,
    seed: rule.seed,
    delay_ms: rule.delayMs,
    after: rule.afterCommit ? "commit" : null,
    drop: rule.drop,
    half: rule.half,
    seen: rule.seen,
    hits: rule.hits,
    created_at: rule.createdAt.toISOString(),
  };
}
