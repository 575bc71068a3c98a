import { createTokenBuckets } from "../limits/token-bucket.ts";

/** Says when a refusal is written. */
export interface RefusalPace {
  /** Calls `refuse` at once while there are few refusals, and otherwise in its turn. */
  await(refuse: () => void): void;
  /** Lets everybody go who waits. */
  release(): void;
  readonly waiting: number;
}

export interface PaceOptions {
  /** A multiple of ten; a tenth of it may be written at once. */
  readonly perS: number;
  /** So many may wait; whoever comes then is refused at once, since waiting costs memory. */
  readonly mostWaiting: number;
  readonly nowMs?: () => number;
}

const tickMs = 10;

/**
 * Lets so many refusals a second be written, and has the others wait for their turn. Who is refused at once can ask again
 * at once; callers who do, and do not heed Retry-After, would have the process do nothing but refuse.
 */
export function paceRefusals(options: PaceOptions): RefusalPace {
  const { perS, mostWaiting, nowMs = () => performance.now() } = options;
  const buckets = createTokenBuckets({ ratePerS: perS, burst: perS / 10, mostKept: 1 });
  const mayRefuse = () => buckets.take("all", nowMs());
  let queue: (() => void)[] = [];
  let next = 0;
  let timer: NodeJS.Timeout | undefined;

  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    queue = [];
    next = 0;
  };
  const tick = () => {
    for (; next < queue.length && mayRefuse(); next += 1) queue[next]?.();
    if (next === queue.length) return stop();
    // While the crowd lasts the queue is never empty, and what has been done must not pile up in front of it.
    if (next >= mostWaiting) {
      queue = queue.slice(next);
      next = 0;
    }
  };
  return {
    await(refuse) {
      const isCrowded = timer !== undefined;
      if (queue.length - next >= mostWaiting || (!isCrowded && mayRefuse())) return refuse();
      queue.push(refuse);
      timer ??= setInterval(tick, tickMs);
    },
    release() {
      const left = queue.slice(next);
      stop();
      for (const refuse of left) refuse();
    },
    get waiting() {
      return queue.length - next;
    },
  };
}
