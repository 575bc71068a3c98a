/** The loops that can be woken early, because another part of the process knows that there is work. */
export type WakeupName = "deliver" | "requery" | "expire" | "reap";

/** Saves a loop from waiting out its interval. Only a hint: a lost one costs a moment, since every loop also polls. */
export interface Wakeups {
  wake(name: WakeupName): void;
  /** Resolves when woken, when the time is up, or when the signal aborts; never rejects. */
  wait(name: WakeupName, timeoutMs: number, signal: AbortSignal): Promise<void>;
}

export function createWakeups(): Wakeups {
  const waiting = new Map<WakeupName, Set<() => void>>();
  const pending = new Set<WakeupName>();
  return {
    wake(name) {
      const waiters = waiting.get(name);
      if (waiters === undefined || waiters.size === 0) {
        pending.add(name);
        return;
      }
      for (const resume of [...waiters]) resume();
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
