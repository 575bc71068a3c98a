import { sqlStateOf } from "../seams/database-unavailable.ts";
import type { RunStatement, SharedRead, SharedWrite } from "./db.ts";

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

/** The inputs of one kind that wait for their statement. */
class Queue<I, R> {
  readonly #of: SharedRead<I, R> & Partial<Pick<SharedWrite<I, R>, "apart">>;
  readonly #run: RunStatement;
  /** By what has to be written apart, in the order in which their turn comes. None is empty. */
  readonly #waiting = new Map<string | symbol, Waiting<I, R>[]>();
  #underWay = 0;
  #length = 0;

  constructor(of: SharedRead<I, R>, run: RunStatement) {
    this.#of = of;
    this.#run = run;
  }

  add(input: I): Promise<R> {
    return new Promise((resolve, reject) => {
      const name = this.#of.apart?.(input) ?? Symbol();
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
      void this.#runAll(this.#next()).finally(() => {
        this.#underWay -= 1;
        this.#goOn();
      });
    }
  }

  /** Those whose turn it is; what has to be written apart from one of them comes after everybody else. */
  #next(): Waiting<I, R>[] {
    const taken: Waiting<I, R>[] = [];
    const again: [string | symbol, Waiting<I, R>[]][] = [];
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

  async #runAll(all: readonly Waiting<I, R>[]): Promise<void> {
    const [first] = all;
    if (all.length === 1 && first !== undefined) return this.#runOne(first);
    try {
      const results = await this.#of.together(
        this.#run,
        all.map(({ input }) => input),
      );
      if (results.length !== all.length) throw new Error(`${results.length} results for ${all.length} inputs`);
      for (const [index, each] of all.entries()) each.resolve(results[index] as R);
    } catch (error) {
      if (ofOneAlone.test(sqlStateOf(error) ?? "")) await Promise.all(all.map((each) => this.#runOne(each)));
      else for (const each of all) each.reject(error);
    }
  }

  async #runOne({ input, resolve, reject }: Waiting<I, R>): Promise<void> {
    await this.#of.alone(this.#run, input).then(resolve, reject);
  }
}

export interface SharedStatements {
  share<I, R>(of: SharedRead<I, R> | SharedWrite<I, R>, input: I): Promise<R>;
  /** How many inputs wait for a statement that takes them along. */
  readonly waiting: number;
}

/**
 * Reads or writes what comes at the same moment by one statement. Nobody waits for company: while few statements are under way,
 * each input has its own at once; what comes meanwhile goes together as soon as one of them has ended. Where one spoils it for
 * all, each goes alone after all, so that only that one fails.
 */
export function shareStatements(run: RunStatement): SharedStatements {
  const queues = new Map<object, { readonly length: number }>();
  return {
    share<I, R>(of: SharedRead<I, R> | SharedWrite<I, R>, input: I): Promise<R> {
      // A queue is only ever kept under the kind that it was made for.
      const queue = (queues.get(of) as Queue<I, R> | undefined) ?? new Queue(of, run);
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
