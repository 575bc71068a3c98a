/** Tells the time. Nothing in the gateway asks the machine directly, so a whole gateway can run in simulated time. */
export interface Clock {
  now(): Date;
}

/**
 * A clock that follows the database's: every process of a gateway then agrees on when a payment expires, however far
 * its own machine's clock has drifted.
 */
export interface FollowingClock extends Clock {
  /** Measures the distance to the database's clock anew. */
  follow(readDatabaseTime: () => Promise<Date>): Promise<void>;
}

export function followingClock(): FollowingClock {
  let offsetMs = 0;
  return {
    now: () => new Date(Date.now() + offsetMs),
    async follow(readDatabaseTime) {
      const before = Date.now();
      const there = (await readDatabaseTime()).getTime();
      const after = Date.now();
      offsetMs = Math.round(there - (before + after) / 2);
    },
  };
}
