import type { Config } from "../config.ts";
import type { Random } from "../seams/random.ts";
import type { Attempt } from "./payment.ts";

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;
const jitterShare = 0.1;

/** After this long without an outcome, a person is told; the network goes on being asked. */
export const unresolvedAfterMs = dayMs;

/**
 * When to ask about an attempt next, `fpx.md` §2.5: along the schedule from the hand-off, then hourly to a day, then
 * every six hours. An awaited approval is asked after hourly for a day, then every six hours.
 */
export function nextEnquiryAt(config: Config, attempt: Attempt, now: Date, random: Random): Date {
  const ageMs = now.getTime() - attempt.createdAt.getTime();
  const jitter = 1 + jitterShare * random.fraction();
  if (ageMs >= dayMs) return new Date(now.getTime() + 6 * hourMs * jitter);
  if (attempt.status === "awaiting_approval") {
    const index = Math.min(attempt.enquiryCount, config.approvalSchedule.length - 1);
    return new Date(now.getTime() + (config.approvalSchedule[index] ?? 3600) * 1000 * jitter);
  }
  const nextS = config.requerySchedule.find((seconds) => seconds * 1000 > ageMs);
  const waitMs = nextS === undefined ? hourMs : nextS * 1000 - ageMs;
  return new Date(now.getTime() + Math.max(waitMs * jitter, 250));
}
