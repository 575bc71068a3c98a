/** The loops that can be woken early, because another part of the process knows that there is work. */
export type WakeupName =
  | "deliver"
  | "requery"
  | "expire"
  | "partitions"
  | "forget"
  | "watch_banks"
  | "seal"
  | "verify"
  | "erase";

/** Saves a loop from waiting out its interval. Only a hint: a lost one costs a moment, since every loop also polls. */
export interface Wakeups {
  wake(name: WakeupName): void;
  /** The same in a while, for work that is known to become possible then; the earliest of several counts. */
  wakeAfter(name: WakeupName, delayMs: number): void;
  /** Resolves when woken, when the time is up, or when the signal aborts; never rejects. */
  wait(name: WakeupName, timeoutMs: number, signal: AbortSignal): Promise<void>;
}

export function createWakeups(): Wakeups {
  const waiting = new Map<WakeupName, Set<() => void>>();
  const pending = new Set<WakeupName>();
  const alarms = new Map<WakeupName, { readonly atMs: number; readonly timer: NodeJS.Timeout }>();
  const wake = (name: WakeupName) => {
    const waiters = waiting.get(name);
    if (waiters === undefined || waiters.size === 0) {
      pending.add(name);
      return;
    }
    for (const resume of [...waiters]) resume();
  };
  return {
    wake,
    wakeAfter(name, delayMs) {
      const atMs = performance.now() + delayMs;
      const planned = alarms.get(name);
      if (planned !== undefined && planned.atMs <= atMs) return;
      clearTimeout(planned?.timer);
      const ring = () => {
        alarms.delete(name);
        wake(name);
      };
      alarms.set(name, { atMs, timer: setTimeout(ring, delayMs).unref() });
    },
    wait(name, timeoutMs, signal) {
      if (pending.delete(name) || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const waiters = waiting.get(name) ?? new Set();
        waiting.set(name, waiters);
        const resume = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", resume);
          waiters.delete(resume);
          resolve();
        };
        const timer = setTimeout(resume, timeoutMs);
        signal.addEventListener("abort", resume);
        waiters.add(resume);
      });
    },
  };
}

/** Resolves when one piece of work under way has ended, or when there may be more to take on. */
export async function untilDoneOrWoken(
  wakeups: Wakeups,
  name: WakeupName,
  timeoutMs: number,
  underway: Iterable<Promise<void>>,
): Promise<void> {
  const over = new AbortController();
  await Promise.race([...underway, wakeups.wait(name, timeoutMs, over.signal)]);
  over.abort();
}
