import type { Gateway } from "../gateway.ts";
import type { WakeupName } from "../seams/wakeups.ts";

export interface Job {
  readonly name: WakeupName;
  /**
   * Does what is due now. Returns how much there was, so that a full batch is followed by the next at once. A job that
   * goes on for long takes no new work once the signal aborts.
   */
  readonly run: (gateway: Gateway, signal: AbortSignal) => Promise<number>;
  /** How long to rest when there was nothing to do, for work that is never urgent; else the configured interval. */
  readonly idleMs?: (gateway: Gateway) => number;
}

export interface RunningJobs {
  /** Resolves when every loop has finished what it was doing. */
  stop(): Promise<void>;
}

const faultPauseMs = 1_000;

async function loop(gateway: Gateway, job: Job, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    let count = 0;
    try {
      count = await job.run(gateway, signal);
    } catch (error) {
      gateway.log.error({ err: error, job: job.name }, "a background job failed and will run again");
      await gateway.wakeups.wait(job.name, faultPauseMs, signal);
    }
    if (count === 0)
      await gateway.wakeups.wait(job.name, job.idleMs?.(gateway) ?? gateway.config.pollIntervalMs, signal);
  }
}

/** Starts every job in a loop of its own. */
export function startJobs(gateway: Gateway, jobs: readonly Job[]): RunningJobs {
  const stopping = new AbortController();
  const loops = jobs.map((job) => loop(gateway, job, stopping.signal));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}
