/** The first pause is at most this long, in milliseconds; each further one at most twice as long as the one before. */
export const firstPauseMs = 500;
/** No pause is longer than this, in milliseconds, unless the gateway asks for it. */
export const longestPauseMs = 8000;

/** What is added to a `Retry-After` at most, in milliseconds, so that not everybody comes back in the same instant. */
const spreadMs = 250;

/**
 * Milliseconds to wait before the next attempt. What the gateway asked for holds; otherwise anything from nothing to a
 * limit that doubles ("full jitter"), which empties a queue of waiting clients fastest.
 * @param failedAttempts from 1
 * @param chance from 0 up to and not including 1
 */
export function pauseMs(failedAttempts: number, retryAfterS: number | undefined, chance: number): number {
  if (retryAfterS !== undefined) return retryAfterS * 1000 + Math.floor(chance * spreadMs);
  return Math.floor(chance * Math.min(longestPauseMs, firstPauseMs * 2 ** (failedAttempts - 1)));
}
