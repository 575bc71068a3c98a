import type { Clock } from "../../seams/clock.ts";

const pauseMs = 5_000;
const mostKept = 10_000;

/** Keeps a buyer who presses a button over and over from asking FPX over and over. */
export interface AskPace {
  /** True when the network may be asked about this payment now; it then may not for some seconds. */
  mayAsk(paymentId: string): boolean;
}

export function createAskPace(clock: Clock): AskPace {
  const until = new Map<string, number>();
  return {
    mayAsk(paymentId) {
      const nowMs = clock.now().getTime();
      if ((until.get(paymentId) ?? 0) > nowMs) return false;
      // Oldest first, since a map keeps the order of insertion.
      for (const [id, time] of until) {
        if (time > nowMs && until.size < mostKept) break;
        until.delete(id);
      }
      until.delete(paymentId);
      until.set(paymentId, nowMs + pauseMs);
      return true;
    },
  };
}
