import type { Gateway } from "../gateway.ts";
import { promptMs } from "../seams/prompt-lanes.ts";
import { untilDoneOrWoken } from "../seams/wakeups.ts";
import { concludeAttempts } from "./conclude.ts";
import { type LeasedDelivery, leaseDeliveries } from "./lease.ts";
import { type AttemptResult, sendDelivery } from "./send.ts";

/** Taken in one go. */
const batch = 50;
/** Calls that are open for longer than prompt receivers take give their places up, as long as there are not that many. */
const mostOpenPerPlace = 4;

/** What this process sends at the moment, and what has come back but was not written down yet. */
interface Flights {
  readonly underway: ReadonlySet<Promise<void>>;
  readonly results: AttemptResult[];
  /** How many may be taken now, and from which lanes; null for all. */
  wish(): { readonly room: number; readonly only: readonly string[] | null };
  start(delivery: LeasedDelivery): void;
}

function openFlights(gateway: Gateway): Flights {
  const { promptLanes, config } = gateway;
  const places = config.callbackConcurrency;
  const mostOpen = places * mostOpenPerPlace;
  const underway = new Map<Promise<void>, { readonly lane: string; readonly sinceMs: number }>();
  const results: AttemptResult[] = [];
  return {
    get underway() {
      return new Set(underway.keys());
    },
    results,
    wish() {
      const now = performance.now();
      const young: string[] = [];
      for (const { lane, sinceMs } of underway.values()) {
        if (now - sinceMs < promptMs) young.push(lane);
        else promptLanes.note(lane, now - sinceMs);
      }
      const unproven = young.filter((lane) => !promptLanes.has(lane)).length;
      const isCrowded = unproven * 2 >= places || underway.size * 2 >= mostOpen;
      const room = Math.min(places - young.length, mostOpen - underway.size, batch);
      return { room, only: isCrowded ? promptLanes.all() : null };
    },
    start(delivery) {
      const { lane } = delivery;
      const flight = sendDelivery(gateway, delivery).then((result) => {
        results.push(result);
        underway.delete(flight);
        if (result.isDropped !== true) promptLanes.note(lane, result.durationMs);
      });
      underway.set(flight, { lane, sinceMs: performance.now() });
    },
  };
}

/**
 * Sends every delivery that is due, many at a time, and whatever becomes due meanwhile. At least once: a crash between the
 * answer and its record sends it again, under the same id. Of one receiver five are under way at once, in all processes
 * together. Calls that hang lose their place, and half of the places are for receivers that have lately answered promptly:
 * so nobody holds up another.
 * @param signal stops taking more; what is under way is still finished
 * @returns how many were sent
 */
export async function deliverDue(gateway: Gateway, signal?: AbortSignal): Promise<number> {
  const flights = openFlights(gateway);
  let count = 0;
  let after = "";
  let isProgress = false;
  try {
    for (;;) {
      await concludeAttempts(gateway, flights.results.splice(0));
      const wish = flights.wish();
      const room = signal?.aborted === true ? 0 : wish.room;
      if (room > 0) {
        const taken = await leaseDeliveries(gateway, { ...wish, after });
        for (const delivery of taken.deliveries) flights.start(delivery);
        count += taken.deliveries.length;
        isProgress ||= taken.isProgress;
        after = taken.after;
      }
      // Lanes are gone through from the first to the last, again and again until a whole round has brought nothing.
      const isRoundOver = room > 0 && after === "";
      const goesOn = (room > 0 && after !== "") || (isRoundOver && isProgress) || flights.results.length > 0;
      if (isRoundOver) isProgress = false;
      if (goesOn) continue;
      const { underway } = flights;
      if (underway.size === 0) break;
      await untilDoneOrWoken(gateway.wakeups, "deliver", gateway.config.pollIntervalMs, underway);
    }
  } finally {
    await Promise.all(flights.underway);
    await concludeAttempts(gateway, flights.results.splice(0));
  }
  return count;
}
