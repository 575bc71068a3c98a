/** Timers of most platforms count to this many milliseconds, some 24 days, and go off at once beyond. */
export const longestTimerMs = 2 ** 31 - 1;

/**
 * A number that somebody set, or what holds otherwise. One that nobody meant, such as NaN from a missing setting, would wait
 * for ever or not at all.
 * @throws TypeError for what is no number from 0 up
 */
export function checkedCount(name: string, value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
    throw new TypeError(`${name} is a number from 0, and not ${String(value)}`);
  }
  return value;
}
