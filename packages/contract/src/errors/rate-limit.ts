import { entry } from "./entry.ts";

/** 429: the call was fine, but there were too many of them. Nothing was done with it. */
export const rateLimitErrors = {
  rate_exceeded: entry<{
    policy: "key" | "address" | "webhook-test";
    limit: number;
    window_s: number;
    safe_rate_per_s: number;
    spent_by: string;
  }>({
    type: "rate_limit_error",
    summary: "Too many calls in too short a time.",
    retryable: true,
    retryAfterS: 1,
    message: (meta) =>
      meta.policy === "webhook-test"
        ? `Endpoint ${meta.spent_by} was sent a test less than ${meta.window_s} seconds ago, and takes ${meta.limit} in that time. Wait for the time in Retry-After, or look at what became of the one before with GET /api/v2/webhook_deliveries.`
        : meta.policy === "address"
          ? `More than ${meta.limit} calls without a valid key came from ${meta.spent_by} within ${meta.window_s} seconds, so calls from there wait. Calls with a valid key are never counted: correct the key, and the limit is gone. Without one, stay below ${meta.safe_rate_per_s} calls a second.`
          : `The key ${meta.spent_by} made more than ${meta.limit} calls within ${meta.window_s} seconds. Wait for the time in Retry-After, then send no more than ${meta.safe_rate_per_s} calls a second; the RateLimit header of every answer tells how many are left.`,
  }),
  concurrency_exceeded: entry<{ policy: "key-concurrency"; limit: number; spent_by: string }>({
    type: "rate_limit_error",
    summary: "Too many calls of one key are under way at the same time.",
    retryable: true,
    retryAfterS: 1,
    message: (meta) =>
      `The key ${meta.spent_by} has ${meta.limit} calls under way, the most at one time. Wait for answers before you send more: a queue with at most ${meta.limit} calls in flight never meets this limit.`,
  }),
  idempotency_in_progress: entry<{ waited_ms: number }>({
    type: "rate_limit_error",
    summary: "The first call with this Idempotency-Key has not been answered yet.",
    retryable: true,
    retryAfterS: 1,
    message: (meta) =>
      `A call with this Idempotency-Key is still being worked on; its answer was waited for ${meta.waited_ms} milliseconds. This call did nothing. Send it again, unchanged and with the same key, after the time in Retry-After: it then gets the answer of the first.`,
  }),
};
