/** Tells the time. Nothing in the gateway asks the machine directly, so a whole gateway can run in simulated time. */
export interface Clock {
  now(): Date;
}

/**
 * A clock that follows the database's: every process of a gateway then agrees on when a payment expires, however far
 * its own machine's clock has drifted.
 */
export interface FollowingClock extends Clock {
  /** Measures the distance to the database's clock anew. A reading that took long says too little, and is passed over. */
  follow(readDatabaseTime: () => Promise<Date>): Promise<void>;
  /** How far the machine's own clock is ahead of the database's, in milliseconds. */
  skewMs(): number;
}

/** The machine's two clocks, in milliseconds: one that people set, and one that only ever runs. */
export interface MachineClocks {
  readonly wallMs: () => number;
  readonly steadyMs: () => number;
}

const longestReadingMs = 1_000;

const realClocks: MachineClocks = { wallMs: () => Date.now(), steadyMs: () => performance.now() };

/**
 * Between two readings it counts on with the machine's steady clock: somebody may set the other one at any moment, and a
 * payment must not expire of that.
 */
export function followingClock(machine: MachineClocks = realClocks): FollowingClock {
  let read = { databaseMs: machine.wallMs(), steadyMs: machine.steadyMs() };
  let hasRead = false;
  const nowMs = () => read.databaseMs + machine.steadyMs() - read.steadyMs;
  return {
    now: () => new Date(Math.round(nowMs())),
    async follow(readDatabaseTime) {
      const before = machine.steadyMs();
      const databaseMs = (await readDatabaseTime()).getTime();
      const after = machine.steadyMs();
      if (hasRead && after - before > longestReadingMs) return;
      read = { databaseMs, steadyMs: (before + after) / 2 };
      hasRead = true;
    },
    skewMs: () => machine.wallMs() - nowMs(),
  };
}
