import type { CommitName } from "../seams/crash-points.ts";
import { DatabaseUnavailable } from "../seams/database-unavailable.ts";
import { type Connection, type ConnectionOptions, type Connections, openConnections } from "./connections.ts";
import { inEnclosedDb } from "./enclosed-db.ts";
import { type SharedRead, type SharedWrite, shareStatements } from "./shared-statements.ts";

declare const transaction: unique symbol;

export type Row = Readonly<Record<string, unknown>>;

/** Runs one statement. Text is prepared once per connection, so it must be constant; values go in as parameters. */
export interface Queryable {
  query<R = Row>(text: string, values?: readonly unknown[]): Promise<R[]>;
}

/** An open transaction. Functions that must commit together take a Tx, so none of them can be called outside one. */
export interface Tx extends Queryable {
  readonly [transaction]: true;
}

/** Runs one statement that changes something and commits by itself, under the name of its place. */
export interface Writer {
  write<R = Row>(name: CommitName, text: string, values?: readonly unknown[]): Promise<R[]>;
}

/** Runs a statement that writes, for a function that does not care how: by itself and under a name, or in a transaction. */
export type Write = <R = Row>(text: string, values: readonly unknown[]) => Promise<readonly R[]>;

/** How long each statement of a transaction may take, where nobody waits for it and it goes through a great deal. */
export interface Patience {
  readonly statementMs: number;
}

/** Reads or writes what can share a statement, and a commit, with others of its kind that come at the same moment. */
export interface Sharing {
  share<I, R>(of: SharedWrite<I, R>, input: I): Promise<R>;
  shareRead<I, R>(of: SharedRead<I, R>, input: I): Promise<R>;
}

/** Outside a transaction, `query` is for reading: what it wrote would commit without a name. */
export interface Db extends Queryable, Writer, Sharing {
  /**
   * Runs the work in one transaction and commits it, under the name of its place; any throw rolls back and is passed on.
   * The work must not await the network: a row lock would then last as long as a stranger's server pleases.
   */
  transaction<T>(name: CommitName, work: (tx: Tx) => Promise<T>, patience?: Patience): Promise<T>;
  /**
   * Runs the work on a database that forgets all of it: one transaction, always rolled back. What the work reads is real,
   * and so is every constraint that it meets. Locks are held meanwhile, so it must be short.
   */
  rehearse<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /**
   * Runs the work on a database whose transactions are all parts of one, which is the one that has a name: what they commit
   * is kept when the work has ended well, all of it at once; when it throws, nothing is. So use-cases that commit by
   * themselves can be made to commit together with something else, which takes the second argument. One transaction at a
   * time may be begun inside.
   */
  enclose<T>(name: CommitName, work: (db: Db, tx: Tx) => Promise<T>): Promise<T>;
  /** How many statements, transactions and shared inputs wait to be begun now. */
  readonly waiting: number;
  close(): Promise<void>;
}

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
