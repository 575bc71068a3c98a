import type { Gateway } from "../gateway.ts";
import { openDatabase } from "../open-database.ts";
import { openGateway } from "../open-gateway.ts";
import { rethrow } from "./test-core.ts";

/** Another process of the same gateway, as far as one process can be two: its own connections, memory and wake-ups. */
export async function openTwin(gateway: Gateway): Promise<{ readonly gateway: Gateway; close(): Promise<void> }> {
  const { config, log, clock } = gateway;
  return openGateway({
    config,
    log,
    clock,
    database: await openDatabase(config, log, rethrow),
    exchange: { origin: "http://127.0.0.1:9", certificateDirectory: config.dataDirectory },
  });
}

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
      // The whole transaction is the statement: it commits or it does not.
      transaction: (work) => statement(() => db.transaction(work)),
    },
  };
}
