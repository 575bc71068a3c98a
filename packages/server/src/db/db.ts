import pg from "pg";
import type { CommitName } from "../seams/crash-points.ts";
import { DatabaseUnavailable } from "../seams/database-unavailable.ts";
import { inEnclosedDb } from "./enclosed-db.ts";

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
export type Write = (text: string, values: readonly unknown[]) => Promise<readonly Row[]>;

/** Outside a transaction, `query` is for reading: what it wrote would commit without a name. */
export interface Db extends Queryable, Writer {
  /**
   * Runs the work in one transaction and commits it, under the name of its place; any throw rolls back and is passed on.
   * The work must not await the network: a row lock would then last as long as a stranger's server pleases.
   */
  transaction<T>(name: CommitName, work: (tx: Tx) => Promise<T>): Promise<T>;
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
  /** How many statements and transactions wait for a connection now. */
  readonly waiting: number;
  close(): Promise<void>;
}

export interface DbOptions {
  readonly connection: pg.ClientConfig;
  readonly poolSize: number;
  readonly onIdleError: (error: Error) => void;
}

const int8 = 20;

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 beyond safe integers: ${text}`);
  return value;
}

const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: (id: number, format?: "text" | "binary") =>
    id === int8 ? parseInt8 : pg.types.getTypeParser(id, format as "text"),
};

/**
 * SQLSTATE classes 08 (connection), 53 (resources), 57 (operator intervention), faults of the socket, and whatever ends a
 * session or keeps one from beginning.
 */
function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, severity } = error as Error & { code?: unknown; severity?: unknown };
  if (severity === "FATAL") return true;
  if (typeof code === "string") return /^(08|53|57P)/.test(code) || /^E[A-Z]{3,}/.test(code);
  return /connection|timeout exceeded|client was closed|not queryable/i.test(error.message);
}

function openPool(options: DbOptions): pg.Pool {
  const pool = new pg.Pool({
    ...options.connection,
    max: options.poolSize,
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 10_000,
    idle_in_transaction_session_timeout: 15_000,
    application_name: "kineticpay",
    types: typeParsers,
  });
  pool.on("error", options.onIdleError);
  // A client that is checked out when its server dies emits "error" itself; without a listener that ends the process.
  pool.on("connect", (client) => client.on("error", options.onIdleError));
  return pool;
}

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

async function checkOut(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw new DatabaseUnavailable("no connection to the database", { cause: error });
  }
}

/** Opens a pool. Nothing is connected until the first statement. */
export function openDb(options: DbOptions): Db {
  const pool = openPool(options);
  const named = statementNames();
  const run = async <R>(target: pg.Pool | pg.PoolClient, text: string, values: readonly unknown[]): Promise<R[]> => {
    try {
      const result = await target.query({ name: named(text), text, values: [...values] });
      return result.rows as R[];
    } catch (error) {
      throw isUnavailable(error) ? new DatabaseUnavailable("the database did not answer", { cause: error }) : error;
    }
  };

  /** A connection on which the end cannot be written is thrown away instead of being given to the next. */
  const begun = async <T>(end: "commit" | "rollback", work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
    const client = await checkOut(pool);
    let broken: Error | undefined;
    const rollBack = () =>
      client.query("rollback").catch((failure: Error) => {
        broken = failure;
      });
    try {
      await run(client, "begin", []);
      const result = await work(client);
      await (end === "commit" ? run(client, "commit", []) : rollBack());
      return result;
    } catch (error) {
      await rollBack();
      throw error;
    } finally {
      client.release(broken);
    }
  };

  return {
    query: (text, values = []) => run(pool, text, values),
    write: (_name, text, values = []) => run(pool, text, values),
    transaction: (_name, work) =>
      begun("commit", (client) => work({ query: (text, values = []) => run(client, text, values) } as Tx)),
    rehearse: (work) => begun("rollback", (client) => inEnclosedDb((text, values) => run(client, text, values), work)),
    enclose: (_name, work) =>
      begun("commit", (client) => inEnclosedDb((text, values) => run(client, text, values), work)),
    get waiting() {
      return pool.waitingCount;
    },
    close: () => pool.end(),
  };
}
