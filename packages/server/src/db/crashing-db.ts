import type { Pass } from "../seams/crash-points.ts";
import type { Db, Tx } from "./db.ts";

/**
 * A database that passes a label before each commit is sent and after its answer came. What is rehearsed is never
 * committed, so it passes none.
 */
export function crashingDb(db: Db, pass: Pass): Db {
  return {
    query: (text, values) => db.query(text, values),
    async write(name, text, values) {
      pass(`before:${name}`);
      const rows = await db.write(name, text, values);
      pass(`after:${name}`);
      return rows as never;
    },
    async share(of, input) {
      pass(`before:${of.name}`);
      const result = await db.share(of, input);
      pass(`after:${of.name}`);
      return result;
    },
    shareRead: (of, input) => db.shareRead(of, input),
    async transaction(name, work, patience) {
      const before = async (tx: Tx) => {
        const done = await work(tx);
        pass(`before:${name}`);
        return done;
      };
      const result = await db.transaction(name, before, patience);
      pass(`after:${name}`);
      return result;
    },
    rehearse: (work) => db.rehearse(work),
    async enclose(name, work) {
      const result = await db.enclose(name, async (inner, tx) => {
        const done = await work(inner, tx);
        pass(`before:${name}`);
        return done;
      });
      pass(`after:${name}`);
      return result;
    },
    get waiting() {
      return db.waiting;
    },
    close: () => db.close(),
  };
}
