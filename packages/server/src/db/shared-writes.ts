import type { CommitName } from "../seams/crash-points.ts";
import { sqlStateOf } from "../seams/database-unavailable.ts";
import type { Write } from "./db.ts";

/**
 * Something that is written by one statement, which commits by itself, and of which several can be written by one. Then they
 * share a round trip and a commit, and the disk is waited for once. What has to be decided first may read first, by a statement
 * of its own; the one that writes must then find out whether what was read still holds.
 */
export interface SharedWrite<I, R> {
  readonly name: CommitName;
  /** Inputs that have this in common are never written together. */
  readonly apart: (input: I) => string;
  readonly alone: (write: Write, input: I) => Promise<R>;
  /** Gives a result for each, in their order. When it throws, nothing of any was written, or nobody can know. */
  readonly together: (write: Write, inputs: readonly I[]) => Promise<readonly R[]>;
}

/** How many statements are under way before others wait for company: while one waits for the disk, another is prepared. */
const mostUnderWay = 2;
const mostTogether = 100;

/**
 * Errors that leave no doubt that nothing was written, and that one of several can have caused for all: of its data (22), of
 * a constraint (23), or because another transaction stood in its way (a lock, a deadlock).
 */
const ofOneAlone = /^(22|23|55P03$|40P01$)/;

interface Waiting<I, R> {
  readonly input: I;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/** The inputs of one kind that are waiting to be written. */
class Queue<I, R> {
  readonly #of: SharedWrite<I, R>;
  readonly #write: Write;
  /** By what has to be written apart, in the order in which their turn comes. None is empty. */
  readonly #waiting = new Map<string, Waiting<I, R>[]>();
  #underWay = 0;
  #length = 0;

  constructor(of: SharedWrite<I, R>, write: Write) {
    this.#of = of;
    this.#write = write;
  }

  add(input: I): Promise<R> {
    return new Promise((resolve, reject) => {
      const name = this.#of.apart(input);
      const ofName = this.#waiting.get(name);
      if (ofName === undefined) this.#waiting.set(name, [{ input, resolve, reject }]);
      else ofName.push({ input, resolve, reject });
      this.#length += 1;
      this.#goOn();
    });
  }

  get length(): number {
    return this.#length;
  }

  #goOn(): void {
    while (this.#underWay < mostUnderWay && this.#length > 0) {
      this.#underWay += 1;
      void this.#writeAll(this.#next()).finally(() => {
        this.#underWay -= 1;
        this.#goOn();
      });
    }
  }

  /** Those whose turn it is; what has to be written apart from one of them comes after everybody else. */
  #next(): Waiting<I, R>[] {
    const taken: Waiting<I, R>[] = [];
    const again: [string, Waiting<I, R>[]][] = [];
    for (const [name, ofName] of this.#waiting) {
      if (taken.length === mostTogether) break;
      const first = ofName.shift();
      if (first !== undefined) taken.push(first);
      this.#waiting.delete(name);
      if (ofName.length > 0) again.push([name, ofName]);
    }
    for (const [name, others] of again) this.#waiting.set(name, others);
    this.#length -= taken.length;
    return taken;
  }

  async #writeAll(all: readonly Waiting<I, R>[]): Promise<void> {
    const [first] = all;
    if (all.length === 1 && first !== undefined) return this.#writeOne(first);
    try {
      const results = await this.#of.together(
        this.#write,
        all.map(({ input }) => input),
      );
      if (results.length !== all.length) throw new Error(`${results.length} results for ${all.length} inputs`);
      for (const [index, each] of all.entries()) each.resolve(results[index] as R);
    } catch (error) {
      if (ofOneAlone.test(sqlStateOf(error) ?? "")) await Promise.all(all.map((each) => this.#writeOne(each)));
      else for (const each of all) each.reject(error);
    }
  }

  async #writeOne({ input, resolve, reject }: Waiting<I, R>): Promise<void> {
    await this.#of.alone(this.#write, input).then(resolve, reject);
  }
}

export interface SharedWrites {
  share<I, R>(of: SharedWrite<I, R>, input: I): Promise<R>;
  /** How many inputs wait for a statement that takes them along. */
  readonly waiting: number;
}

/**
 * Writes what comes at the same moment by one statement. Nobody waits for company: while few statements are under way, each
 * input is written at once and alone; what comes meanwhile goes together as soon as one of them has ended. Where one spoils
 * it for all, each is written alone after all, so that only that one fails.
 */
export function shareWrites(write: Write): SharedWrites {
  const queues = new Map<object, { readonly length: number }>();
  return {
    share<I, R>(of: SharedWrite<I, R>, input: I): Promise<R> {
      // A queue is only ever kept under the kind that it was made for.
      const queue = (queues.get(of) as Queue<I, R> | undefined) ?? new Queue(of, write);
      queues.set(of, queue);
      return queue.add(input);
    },
    get waiting() {
      let waiting = 0;
      for (const { length } of queues.values()) waiting += length;
      return waiting;
    },
  };
}
