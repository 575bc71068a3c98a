import type { Gateway } from "../gateway.ts";
import { untilDoneOrWoken } from "../seams/wakeups.ts";
import { concludeAttempts } from "./conclude.ts";
import { type LeasedDelivery, leaseDeliveries } from "./lease.ts";
import { type AttemptResult, sendDelivery } from "./send.ts";

/** Taken in one go. */
const batch = 50;

/** What this process sends at the moment, and what has come back but was not written down yet. */
interface Flights {
  readonly underway: ReadonlySet<Promise<void>>;
  readonly results: AttemptResult[];
  /** How many more may be taken now. */
  room(): number;
  /** The lanes that may be taken from; null for all. */
  only(): string[] | null;
  start(delivery: LeasedDelivery): void;
}

function openFlights(gateway: Gateway): Flights {
  const { promptLanes, config } = gateway;
  const underway = new Map<Promise<void>, string>();
  const results: AttemptResult[] = [];
  return {
    get underway() {
      return new Set(underway.keys());
    },
    results,
    room: () => Math.min(config.callbackConcurrency - underway.size, batch),
    only() {
      const unproven = [...underway.values()].filter((lane) => !promptLanes.has(lane)).length;
      return unproven * 2 < config.callbackConcurrency ? null : promptLanes.all();
    },
    start(delivery) {
      const flight = sendDelivery(gateway, delivery).then((result) => {
        results.push(result);
        underway.delete(flight);
        if (result.isDropped !== true) promptLanes.note(delivery.lane, result.durationMs);
      });
      underway.set(flight, delivery.lane);
    },
  };
}

/**
 * Sends every delivery that is due, many at a time, and whatever becomes due meanwhile. At least once: a crash between the
 * answer and its record sends it again, under the same id. Of one receiver five are under way at once, in all processes
 * together, and half of what this process sends at once is for receivers that have lately answered promptly: so nobody
 * holds up another.
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
      const room = signal?.aborted === true ? 0 : flights.room();
      if (room > 0) {
        const taken = await leaseDeliveries(gateway, { after, room, only: flights.only() });
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
