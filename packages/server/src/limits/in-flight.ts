/** How many calls of each key are being worked on in this process. */
export interface InFlight {
  /** Counts one more; false when the key already has as many as it may. */
  enter(name: string): boolean;
  leave(name: string): void;
  count(name: string): number;
}

/** @param limit the most calls of one key at a time */
export function createInFlight(limit: number): InFlight {
  const counts = new Map<string, number>();
  return {
    enter(name) {
      const count = counts.get(name) ?? 0;
      if (count >= limit) return false;
      counts.set(name, count + 1);
      return true;
    },
    leave(name) {
      const count = (counts.get(name) ?? 0) - 1;
      if (count > 0) counts.set(name, count);
      else counts.delete(name);
    },
    count: (name) => counts.get(name) ?? 0,
  };
}
