/** Calls under way in this process, by the key that they came with. */
export interface Flights<T> {
  /**
   * Runs the work when no other with that name is under way. Otherwise waits for the other's result, without holding
   * anything, and gives that; when there is none, tries its own turn. So of any number of repeats that come at once one
   * goes to the database, and the others cost it nothing.
   * @param deadlineMs by `performance.now()`
   * @returns undefined when the other had not ended by the deadline
   */
  share(name: string, deadlineMs: number, work: () => Promise<T>): Promise<T | undefined>;
}

/** Stands for an end without a result, and for one that has not come in time. */
type Ending<T> = { readonly result?: T; readonly isLate?: true };

/** Resolves with how the other ended, or at the deadline. */
function ending<T>(other: Promise<Ending<T>>, deadlineMs: number): Promise<Ending<T>> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ isLate: true }), Math.max(0, deadlineMs - performance.now()));
    void other.then((end) => {
      clearTimeout(timer);
      resolve(end);
    });
  });
}

export function createFlights<T>(): Flights<T> {
  const flights = new Map<string, Promise<Ending<T>>>();
  return {
    async share(name, deadlineMs, work) {
      for (let other = flights.get(name); other !== undefined; other = flights.get(name)) {
        const end = await ending(other, deadlineMs);
        if (end.isLate === true) return undefined;
        if (end.result !== undefined) return end.result;
      }
      let finish: (end: Ending<T>) => void = () => undefined;
      flights.set(
        name,
        new Promise((resolve) => {
          finish = resolve;
        }),
      );
      try {
        const result = await work();
        finish({ result });
        return result;
      } finally {
        flights.delete(name);
        finish({});
      }
    },
  };
}
