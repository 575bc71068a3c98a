/** Timers that end together with the simulator. */
export interface Timers {
  /** Runs `task` once after `delayMs` unless the simulator is stopped before. */
  after(delayMs: number, task: () => void): void;
  /** Resolves to true after `delayMs`, or at once to false when the simulator stops. */
  wait(delayMs: number): Promise<boolean>;
  stopped(): boolean;
  stop(): void;
}

// setTimeout turns anything longer into one millisecond.
const longestMs = 2 ** 31 - 1;

/** Timers in real time: what they wait for happens on a network, where a simulated clock has no say. */
export function createTimers(): Timers {
  const cancellations = new Set<() => void>();
  const start = (delayMs: number, done: () => void, cancelled: () => void): void => {
    const cancel = (): void => {
      clearTimeout(handle);
      cancelled();
    };
    const handle = setTimeout(
      () => {
        cancellations.delete(cancel);
        done();
      },
      Math.min(Math.max(delayMs, 0), longestMs),
    );
    cancellations.add(cancel);
  };
  let stopped = false;
  return {
    after(delayMs, task) {
      if (!stopped) start(delayMs, task, () => undefined);
    },
    wait(delayMs) {
      if (stopped) return Promise.resolve(false);
      return new Promise((resolve) =>
        start(
          delayMs,
          () => resolve(true),
          () => resolve(false),
        ),
      );
    },
    stopped: () => stopped,
    stop() {
      stopped = true;
      for (const cancel of cancellations) cancel();
      cancellations.clear();
    },
  };
}
