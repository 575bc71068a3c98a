import type { Random } from "../seams/random.ts";

const jitterShare = 0.2;

/**
 * When a failed delivery is tried again: the schedule's wait, give or take a fifth, so that a shop that comes back is
 * not met by everything at once.
 * @param scheduleS seconds to wait after the first failure, the second, and so on
 * @param attempts how many have failed
 * @returns undefined when the schedule is used up
 */
export function nextAttemptAt(
  scheduleS: readonly number[],
  attempts: number,
  now: Date,
  random: Random,
): Date | undefined {
  const waitS = scheduleS[attempts - 1];
  if (waitS === undefined) return undefined;
  const jitter = 1 - jitterShare + 2 * jitterShare * random.fraction();
  return new Date(now.getTime() + waitS * 1000 * jitter);
}
