import type { Config } from "../config.ts";
import type { EnquiryFailed } from "../rails/rail.ts";
import type { Random } from "../seams/random.ts";
import { type Attempt, isGivenUp } from "./payment.ts";

const minuteMs = 60 * 1000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const jitterShare = 0.1;

/** How often an attempt is asked about that has gone without an outcome for a day. */
const oldStepMs = 6 * hourMs;
const lateLooksEndMs = 7 * dayMs;

/** How soon to ask again where nothing was learned: the network was away, or it said nothing that can be believed. */
const afterSilenceMs = minuteMs;
const afterNonsenseMs = 5 * minuteMs;
/** An order that FPX does not know although its buyer would have arrived long ago needs only to be asked about again. */
const missingRecheckMs = 2 * minuteMs;

/** After this long without an outcome, a person is told; the network goes on being asked. */
export const unresolvedAfterMs = dayMs;

/**
 * When to ask about an attempt next, `fpx.md` §2.5: along the schedule from the hand-off, then hourly to a day, then
 * every six hours. An awaited approval is asked after hourly for a day, then every six hours.
 */
export function nextEnquiryAt(config: Config, attempt: Attempt, now: Date, random: Random): Date {
  const ageMs = now.getTime() - attempt.createdAt.getTime();
  const jitter = 1 + jitterShare * random.fraction();
  if (ageMs >= dayMs) return new Date(now.getTime() + oldStepMs * jitter);
  if (attempt.status === "awaiting_approval") {
    const index = Math.min(attempt.enquiryCount, config.approvalSchedule.length - 1);
    return new Date(now.getTime() + (config.approvalSchedule[index] ?? 3600) * 1000 * jitter);
  }
  const nextS = config.requerySchedule.find((seconds) => seconds * 1000 > ageMs);
  const stepMs = nextS === undefined ? hourMs : nextS * 1000 - ageMs;
  const isMissing = attempt.notFoundCount > 0 && attempt.railTransactionId === "";
  const waitMs = isMissing && ageMs >= config.neverReachedAfterS * 1000 ? Math.min(stepMs, missingRecheckMs) : stepMs;
  return new Date(now.getTime() + Math.max(waitMs * jitter, 250));
}

/**
 * When to look again at an attempt that has been concluded; null when it need not be asked about any more. One that was given up, and
 * that the network has not heard of, is looked at a day after the hand-off. A look that brought no believable answer was none,
 * whatever it was for: after that day it is taken again every six hours, until a week has passed.
 */
export function lateLookAt(attempt: Attempt, now: Date, isAnswered: boolean): Date | null {
  const ageMs = now.getTime() - attempt.createdAt.getTime();
  if (isGivenUp(attempt) && ageMs < dayMs) return new Date(attempt.createdAt.getTime() + dayMs);
  return isAnswered || ageMs >= lateLooksEndMs ? null : new Date(now.getTime() + oldStepMs);
}

/**
 * When to ask again after an enquiry that brought no believable answer: not later than the schedule says, and soon enough
 * that a payment does not wait for an hour because FPX was away at the wrong moment. How many are asked about at once is
 * bounded elsewhere.
 */
export function soonAfterFault(
  fault: Pick<EnquiryFailed, "isTransportFault">,
  attempt: Attempt,
  scheduled: Date,
  now: Date,
  random: Random,
): Date {
  // FPX may have nothing but ERROR to say of an order, however often it is asked.
  const isOld = now.getTime() - attempt.createdAt.getTime() >= dayMs;
  if (isOld && !fault.isTransportFault) return scheduled;
  const waitMs = fault.isTransportFault ? afterSilenceMs : afterNonsenseMs;
  const jitter = 1 + jitterShare * random.fraction();
  return new Date(Math.min(scheduled.getTime(), now.getTime() + waitMs * jitter));
}
