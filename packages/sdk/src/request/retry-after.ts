/** Longer than anybody waits: a year, so that a date from a broken proxy cannot overflow anything. */
const mostSeconds = 365 * 24 * 60 * 60;

/**
 * Seconds that a `Retry-After` asks for, which is either a number of them or a date (RFC 9110, 10.2.3).
 * @param nowMs milliseconds since 1970
 * @returns undefined when there is none, or none that can be understood
 */
export function readRetryAfterS(value: string | null, nowMs: number): number | undefined {
  const text = value?.trim() ?? "";
  if (/^\d+$/.test(text)) return Math.min(Number(text), mostSeconds);
  const at = /[A-Za-z]/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, Math.ceil((at - nowMs) / 1000)), mostSeconds);
}
