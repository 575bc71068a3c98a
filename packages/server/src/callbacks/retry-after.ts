/** However long a receiver asks us to stay away, it is tried again after a day. */
export const longestRetryAfterS = 24 * 60 * 60;

/**
 * The wait that a Retry-After header asks for (RFC 9110 §10.2.3: seconds, or a date), in whole seconds from now, at most a
 * day; undefined when there is none that can be read.
 */
export function readRetryAfter(header: string | undefined, now: Date): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d{1,10}$/.test(text)) return Math.min(Number(text), longestRetryAfterS);
  // Only the form of dates that HTTP writes: Date.parse alone would take almost anything.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return undefined;
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) return undefined;
  return Math.min(Math.max(0, Math.ceil((atMs - now.getTime()) / 1000)), longestRetryAfterS);
}
