/**
 * Remembers for some minutes which receivers answered promptly. They keep a share of what is sent at once that others
 * cannot take, so a crowd of receivers that hang holds up none of them. Only a hint of this process, kept in memory.
 */
export interface PromptLanes {
  /** Takes note of how long a receiver took to answer or to time out, or has been taking. */
  note(lane: string, durationMs: number): void;
  has(lane: string): boolean;
  all(): string[];
}

/** A receiver that takes longer than this is not prompt. */
export const promptMs = 2_000;
const rememberMs = 10 * 60_000;
const mostLanes = 10_000;

/** @param nowMs a clock that only goes forward */
export function createPromptLanes(nowMs: () => number = () => performance.now()): PromptLanes {
  const untilMs = new Map<string, number>();
  const has = (lane: string) => (untilMs.get(lane) ?? 0) > nowMs();
  return {
    note(lane, durationMs) {
      untilMs.delete(lane);
      if (durationMs >= promptMs) return;
      untilMs.set(lane, nowMs() + rememberMs);
      const [oldest] = untilMs.keys();
      if (untilMs.size > mostLanes && oldest !== undefined) untilMs.delete(oldest);
    },
    has,
    all: () => [...untilMs.keys()].filter(has),
  };
}
