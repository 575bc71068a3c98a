import { entry } from "./entry.ts";

/** 500, 502, 503, 504: the fault lies with the gateway or a bank, not with the call. */
export const ourSideErrors = {
  internal_error: entry({
    type: "api_error",
    summary: "The gateway met a fault of its own.",
    retryable: true,
    message: () =>
      "Something failed inside the gateway, and it has been recorded under this request id. The call may have been done all the same. Send the same call again with the same Idempotency-Key; without one, look the payment up by its invoice first.",
  }),
  bank_bad_response: entry<{ rail: string; operation: string }>({
    type: "bank_error",
    summary: "The bank network answered, but not in a form that can be believed.",
    retryable: true,
    message: (meta) =>
      `The ${meta.rail} network answered our ${meta.operation} with something that could not be verified, so nothing was changed. Try again in a minute; the gateway also keeps asking by itself.`,
  }),
  overloaded: entry<{ reason: string }>({
    type: "unavailable_error",
    summary: "The gateway is at its limit for a moment.",
    retryable: true,
    retryAfterS: 2,
    message: (meta) =>
      `The gateway has more work than it can take on (${meta.reason}). Nothing was done with this call; send it again after the time in Retry-After.`,
  }),
  bank_offline: entry<{ rail: string; operation: string }>({
    type: "unavailable_error",
    summary: "The bank network cannot be reached.",
    retryable: true,
    retryAfterS: 30,
    message: (meta) =>
      `The ${meta.rail} network could not be reached for our ${meta.operation}, so nothing was changed. Try again after the time in Retry-After; the gateway also keeps asking by itself.`,
  }),
  database_unavailable: entry({
    type: "unavailable_error",
    summary: "The gateway cannot reach its database.",
    retryable: true,
    retryAfterS: 2,
    message: () =>
      "The gateway cannot reach its database just now. The call may have been done all the same. Send the same call again with the same Idempotency-Key; without one, look the payment up by its invoice first.",
  }),
  shutting_down: entry({
    type: "unavailable_error",
    summary: "This gateway process is stopping.",
    retryable: true,
    retryAfterS: 1,
    message: () => "This gateway process is stopping and takes no new work. Nothing was done; send the call again.",
  }),
  bank_timeout: entry<{ rail: string; operation: string; outcome: "unknown"; payment: string | null }>({
    type: "timeout_error",
    summary: "The bank network did not answer in time; the outcome is not known.",
    retryable: false,
    message: (meta) =>
      meta.payment === null
        ? `The ${meta.rail} network did not answer our ${meta.operation} in time, so what it would have said is unknown. Ask again in a few seconds; payments can be created meanwhile, and their checkout pages show every bank.`
        : `The ${meta.rail} network did not answer our ${meta.operation} in time, so the outcome of ${meta.payment} is still unknown. Look the payment up with GET until it is final; do not create another one for the same order.`,
  }),
};
