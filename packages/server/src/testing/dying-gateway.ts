import type { Gateway } from "../gateway.ts";

/** The process is gone: nothing that it still tries reaches the database. */
export class Died extends Error {}

/** The same gateway, whose process dies at the n-th statement that it sends, before or after that was done. */
export function dyingGateway(gateway: Gateway, atStatement: number, isDoneFirst: boolean): Gateway {
  let left = atStatement;
  const statement = async <T>(work: () => Promise<T>): Promise<T> => {
    left -= 1;
    if (left < 0 || (left === 0 && !isDoneFirst)) throw new Died();
    const result = await work();
    if (left === 0) throw new Died();
    return result;
  };
  const { db } = gateway;
  return {
    ...gateway,
    db: {
      ...db,
      query: (text, values) => statement(() => db.query(text, values)),
      write: (name, text, values) => statement(() => db.write(name, text, values)),
      share: (of, input) => statement(() => db.share(of, input)),
      // The whole transaction is the statement: it commits or it does not.
      transaction: (name, work) => statement(() => db.transaction(name, work)),
    },
  };
}
