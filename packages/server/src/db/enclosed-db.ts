import type { Db, Tx } from "./db.ts";

type Run = <R>(text: string, values: readonly unknown[]) => Promise<R[]>;

/** Runs the work on a database whose transactions are savepoints of one transaction, which is open already. */
export function inEnclosedDb<T>(run: Run, work: (db: Db, tx: Tx) => Promise<T>): Promise<T> {
  const query = <R>(text: string, values: readonly unknown[] = []) => run<R>(text, values);
  const tx = { query } as Tx;
  let isBusy = false;
  const db: Db = {
    query,
    // These commit nothing by themselves, so their names are passed by nobody.
    write: (_name, text, values) => query(text, values),
    share: (of, input) => of.alone((text, values) => query(text, values), input),
    shareRead: (of, input) => of.alone((text, values) => query(text, values), input),
    waiting: 0,
    async transaction(_name, inner) {
      // Two at a time would be one inside the other, and what the first gives up would take the second along.
      if (isBusy) throw new Error("an enclosed database takes one transaction at a time");
      isBusy = true;
      try {
        await run("savepoint enclosed", []);
        const result = await inner(tx);
        await run("release savepoint enclosed", []);
        return result;
      } catch (error) {
        await run("rollback to savepoint enclosed", []);
        throw error;
      } finally {
        isBusy = false;
      }
    },
    rehearse: (inner) => inner(db),
    enclose: (_name, inner) => inner(db, tx),
    close: async () => undefined,
  };
  return work(db, tx);
}
