import pg from "pg";
import { DatabaseUnavailable } from "../seams/database-unavailable.ts";

/**
 * Watches whether the database answers at all. A server that is frozen, or that a network has swallowed, breaks no
 * connection: without a watch every call would wait for as long as the silence lasts.
 */
export interface Vigil {
  /** Waits for the database. @throws DatabaseUnavailable at once while it is silent, and as soon as it is found to be */
  over<T>(work: () => Promise<T>, limitMs?: number): Promise<T>;
  stop(): void;
}

export interface VigilOptions {
  /** Asks the database something that it can always answer. Rejects with a SilentError when no answer came. */
  readonly probe: () => Promise<void>;
  /** Told when silence is found, after everyone who waited has been told. */
  readonly onSilent: () => void;
  /** Nobody who has not asked for more waits for longer than this, also where only his own connection has died. */
  readonly limitMs: number;
}

/** Nothing came back: neither an answer nor a refusal. */
export class SilentError extends Error {}

const lookEveryMs = 250;
/** Whoever has waited for so long makes the watch ask by itself. */
const suspectAfterMs = 1_000;
const probeLimitMs = 1_000;
const silentPauseMs = 200;

/** Told to whoever waits, and to whoever comes while it lasts. */
const silence = () => new DatabaseUnavailable("the database does not answer");

/** Those who wait for the database, the longest first. */
interface Queue {
  wait<T>(work: () => Promise<T>, limitMs: number): Promise<T>;
  /** Since when the first has waited, on the clock of `performance.now`; undefined when nobody waits. */
  since(): number | undefined;
  /** Tells those who have waited for their limit, or everybody. */
  giveUp(who: "late" | "all", error: () => Error): void;
}

function openQueue(): Queue {
  const waiting = new Set<{
    readonly since: number;
    readonly limitMs: number;
    readonly fail: (error: Error) => void;
  }>();
  return {
    wait: (work, limitMs) =>
      new Promise((resolve, reject) => {
        const entry = { since: performance.now(), limitMs, fail: reject };
        waiting.add(entry);
        work()
          .then(resolve, reject)
          .finally(() => waiting.delete(entry));
      }),
    since: () => waiting.values().next().value?.since,
    giveUp(who, error) {
      for (const each of waiting) {
        if (who === "late" && performance.now() - each.since < each.limitMs) continue;
        waiting.delete(each);
        each.fail(error());
      }
    },
  };
}

/** Starts to watch. It asks nothing for as long as nobody waits for long. */
export function keepVigil(options: VigilOptions): Vigil {
  const queue = openQueue();
  let isSilent = false;
  let isAsking = false;
  let isStopped = false;
  let heardMs = 0;

  const hear = () =>
    options.probe().then(
      () => true,
      // A refusal is an answer too; what it means is for the statements to find out.
      (error: unknown) => !(error instanceof SilentError),
    );
  const waitOut = async () => {
    isSilent = true;
    queue.giveUp("all", silence);
    options.onSilent();
    while (!isStopped && !(await hear())) await new Promise((resolve) => setTimeout(resolve, silentPauseMs));
    isSilent = false;
  };
  const look = async () => {
    queue.giveUp("late", () => new DatabaseUnavailable("there was no answer within a statement's limit"));
    const since = queue.since();
    // Whoever has a great deal to do may wait for minutes, and need not be asked about all that time.
    if (isAsking || since === undefined || performance.now() - Math.max(since, heardMs) < suspectAfterMs) return;
    isAsking = true;
    if (!(await hear()) && !isStopped) await waitOut();
    heardMs = performance.now();
    isAsking = false;
  };
  const timer = setInterval(() => void look(), lookEveryMs);
  timer.unref();
  return {
    over: (work, limitMs = options.limitMs) => (isSilent ? Promise.reject(silence()) : queue.wait(work, limitMs)),
    stop() {
      isStopped = true;
      clearInterval(timer);
    },
  };
}

/**
 * Asks over a connection of its own, so that it learns nothing of the state of others.
 * @throws SilentError when no answer came in time
 */
export async function probePostgres(connection: pg.ClientConfig): Promise<void> {
  const client = new pg.Client({ ...connection, application_name: "kineticpay vigil" });
  client.on("error", () => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new SilentError("no answer in time")), probeLimitMs);
  });
  try {
    await Promise.race([client.connect().then(() => client.query("select 1")), late]);
  } finally {
    clearTimeout(timer);
    client.connection.stream.destroy();
  }
}
