import { DatabaseUnavailable } from "../seams/database-unavailable.ts";
import { type Connection, type ConnectionOptions, type Connections, openConnections } from "./connections.ts";
import type { Db, Tx } from "./db.ts";
import { inEnclosedDb } from "./enclosed-db.ts";
import { shareStatements } from "./shared-statements.ts";

export type DbOptions = ConnectionOptions;

/** Gives every text a name, by which a connection knows the statement that it has prepared. */
function statementNames(): (text: string) => string {
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined) return known;
    const name = `s${names.size}`;
    names.set(text, name);
    return name;
  };
}

type RunOn = <R>(on: Connection, text: string, values: readonly unknown[]) => Promise<R[]>;

async function alone<R>(
  connections: Connections,
  run: RunOn,
  text: string,
  values: readonly unknown[] = [],
): Promise<R[]> {
  const connection = await connections.take();
  let isSound = false;
  try {
    const rows = await run<R>(connection, text, values);
    isSound = true;
    return rows;
  } catch (error) {
    isSound = !(error instanceof DatabaseUnavailable);
    throw error;
  } finally {
    connection.release(isSound);
  }
}

/** A connection on which the end cannot be written is thrown away instead of being given to the next. */
async function begun<T>(
  connections: Connections,
  run: RunOn,
  end: "commit" | "rollback",
  work: (on: Connection) => Promise<T>,
): Promise<T> {
  const connection = await connections.take();
  let isSound = false;
  const rollBack = async () => {
    await connection.send({ text: "rollback" });
    isSound = true;
  };
  try {
    await run(connection, "begin", []);
    const result = await work(connection);
    if (end === "rollback") await rollBack();
    else await run(connection, "commit", []);
    isSound = true;
    return result;
  } catch (error) {
    // Where there was no answer to the last question, another one would only be waited for as long.
    if (!(error instanceof DatabaseUnavailable)) await rollBack().catch(() => undefined);
    throw error;
  } finally {
    connection.release(isSound);
  }
}

/** Opens a database. Nothing is connected until the first statement. */
export function openDb(options: DbOptions): Db {
  const connections = openConnections(options);
  const named = statementNames();
  const run: RunOn = async <R>(on: Connection, text: string, values: readonly unknown[]) =>
    (await on.send({ name: named(text), text, values: [...values] })).rows as R[];
  const shared = shareStatements((text, values) => alone(connections, run, text, values));
  return {
    query: (text, values) => alone(connections, run, text, values),
    write: (_name, text, values) => alone(connections, run, text, values),
    share: shared.share,
    shareRead: shared.share,
    transaction: (_name, work, patience) =>
      begun(connections, run, "commit", async (on) => {
        if (patience !== undefined) await on.allow(patience.statementMs);
        return work({ query: (text, values = []) => run(on, text, values) } as Tx);
      }),
    rehearse: (work) =>
      begun(connections, run, "rollback", (on) => inEnclosedDb((text, values) => run(on, text, values), work)),
    enclose: (_name, work) =>
      begun(connections, run, "commit", (on) => inEnclosedDb((text, values) => run(on, text, values), work)),
    get waiting() {
      return connections.waiting + shared.waiting;
    },
    close: () => connections.close(),
  };
}
