import type { FollowingClock } from "./clock.ts";

export interface Following {
  readonly clock: FollowingClock;
  readonly read: () => Promise<Date>;
  /** Told when the machine's clock is far from the database's, once, and again when it was right in between. */
  readonly onSkew: (skewMs: number) => void;
}

const followEveryMs = 30_000;
const lookEveryMs = 1_000;
/** The two clocks of a machine part by so much only when one of them was set, or when the machine slept. */
const jumpMs = 500;
/** FPX and receivers of callbacks compare times, and allow minutes. */
const alarmMs = 5_000;

/**
 * Keeps a clock at the database's time: read anew every half minute, and at once when the machine's clock was set or the
 * machine has slept. What cannot be read is tried again a second later.
 * @returns ends it
 */
export function keepFollowing({ clock, read, onSkew }: Following): () => void {
  let lastSkewMs = clock.skewMs();
  let lastReadMs = performance.now();
  let isReading = false;
  let isAlarmed = false;
  const alarm = () => {
    const isFar = Math.abs(clock.skewMs()) > alarmMs;
    if (isFar && !isAlarmed) onSkew(Math.round(clock.skewMs()));
    isAlarmed = isFar;
  };
  const look = async () => {
    const hasJumped = Math.abs(clock.skewMs() - lastSkewMs) > jumpMs;
    if (isReading || (!hasJumped && performance.now() - lastReadMs < followEveryMs)) return;
    isReading = true;
    try {
      await clock.follow(read);
      lastReadMs = performance.now();
      lastSkewMs = clock.skewMs();
      alarm();
    } catch {
      // The database is away, and the clock counts on by itself meanwhile.
    } finally {
      isReading = false;
    }
  };
  alarm();
  const timer = setInterval(() => void look(), lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}
