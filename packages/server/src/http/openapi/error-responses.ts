import { type ErrorCode, errorEntry, errorStatus } from "@kineticpay/contract/errors/catalogue";
import { statusOfType } from "@kineticpay/contract/errors/entry";
import { ref } from "./components.ts";
import type { Json, JsonObject } from "./json.ts";

const nameOfStatus: Readonly<Record<number, string>> = {
  401: "Unauthorized: who calls is not known, or may not call.",
  403: "Unprocessable: the content of the request cannot be accepted.",
  404: "Not found.",
  429: "Too many requests.",
  500: "A fault of the gateway.",
  502: "The bank network answered something that cannot be believed.",
  503: "Not now.",
  504: "The outcome is unknown.",
};

/** What one operation can fail with. */
export interface Failures {
  readonly codes: readonly ErrorCode[];
  readonly schema: "Error" | "WireError";
  /** Answers that this very operation gave; for other codes the example of the code's page stands. */
  readonly examples: Readonly<Partial<Record<ErrorCode, Json>>>;
  /** Whether its refusals can be those of an earlier call. */
  readonly isRepeatable?: boolean;
}

function exampleOf(failures: Failures, code: ErrorCode): JsonObject {
  const value = failures.examples[code];
  if (value === undefined) return ref(`examples/${code}`);
  return { summary: errorEntry(code).summary, value };
}

function response(status: number, codes: readonly ErrorCode[], failures: Failures): JsonObject {
  const hasPause = status === 429 || status === 503;
  const isKept = failures.isRepeatable === true && (status === 403 || status === 404);
  const required = [...(status === 403 ? ["fields"] : []), ...(hasPause ? ["retry_after"] : [])];
  const type = Object.entries(statusOfType).find(([, each]) => each === status)?.[0] ?? "";
  const own: JsonObject = {
    type: "object",
    ...(required.length === 0 ? {} : { required }),
    properties: { type: { const: type }, status: { const: status }, code: { enum: codes } },
  };
  return {
    description: nameOfStatus[status] ?? "",
    headers: {
      "X-Request-Id": ref("headers/RequestId"),
      ...(isKept ? { "Idempotency-Replayed": ref("headers/IdempotencyReplayed") } : {}),
      ...(hasPause ? { "Retry-After": ref("headers/RetryAfter") } : {}),
    },
    content: {
      "application/json": {
        schema: { allOf: [ref(`schemas/${failures.schema}`), own] },
        examples: Object.fromEntries(codes.map((code) => [code, exampleOf(failures, code)])),
      },
    },
  };
}

/** One response for each status that the codes have, each with an example of every code. */
export function errorResponses(failures: Failures): JsonObject {
  const statuses = [...new Set(failures.codes.map(errorStatus))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const codes = failures.codes.filter((code) => errorStatus(code) === status);
      return [String(status), response(status, codes, failures)];
    }),
  );
}
