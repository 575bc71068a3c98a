/** One call of a load: where it went, when it left, and what came of it. */
export interface Knock {
  readonly url: string;
  readonly sentMs: number;
  /** "200", or the code of a failure. */
  readonly outcome: string;
}

export interface Load {
  /** Every call that has been answered so far, in the order of the answers. */
  readonly knocks: readonly Knock[];
  /** Lets the calls under way end, and sends no more. */
  stop(): Promise<void>;
}

/**
 * Calls each of the addresses again and again until stopped.
 * @param inFlight how many calls each address has under way at any moment
 * @param call answers with the outcome
 */
export function keepCalling(urls: readonly string[], inFlight: number, call: (url: string) => Promise<string>): Load {
  const knocks: Knock[] = [];
  let isOver = false;
  const caller = async (url: string) => {
    while (!isOver) {
      const sentMs = performance.now();
      knocks.push({ url, sentMs, outcome: await call(url) });
    }
  };
  const callers = urls.flatMap((url) => Array.from({ length: inFlight }, () => caller(url)));
  return {
    knocks,
    async stop() {
      isOver = true;
      await Promise.all(callers);
    },
  };
}
