import type { Random } from "../seams/random.ts";

const jitterShare = 0.2;

/**
 * When a failed delivery is tried again: the schedule's wait, give or take a fifth, so that a shop that comes back is
 * not met by everything at once. A longer wait that the shop asked for is kept, and up to a fifth beyond it.
 * @param scheduleS seconds to wait after the first failure, the second, and so on
 * @param attempts how many have failed
 * @param retryAfterS what the shop asked for
 * @returns undefined when the schedule is used up
 */
export function nextAttemptAt(
  scheduleS: readonly number[],
  attempts: number,
  now: Date,
  random: Random,
  retryAfterS = 0,
): Date | undefined {
  const waitS = scheduleS[attempts - 1];
  if (waitS === undefined) return undefined;
  const chance = random.fraction();
  const planned = waitS * (1 - jitterShare + 2 * jitterShare * chance);
  const asked = retryAfterS * (1 + jitterShare * chance);
  return new Date(now.getTime() + Math.max(planned, asked) * 1000);
}
