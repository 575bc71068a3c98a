import type { CommitName } from "../seams/crash-points.ts";

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

/** Runs a statement, for a function that does not care how: by itself, under a name, or in a transaction. */
export type RunStatement = <R = Row>(text: string, values: readonly unknown[]) => Promise<readonly R[]>;

/** How long each statement of a transaction may take, where nobody waits for it and it goes through a great deal. */
export interface Patience {
  readonly statementMs: number;
}

/** Something that is read by one statement, and of which several can be read by one, in one round trip. */
export interface SharedRead<I, R> {
  readonly alone: (run: RunStatement, input: I) => Promise<R>;
  /** Gives a result for each, in their order. Where it writes and throws, nothing of any was written, or nobody can know. */
  readonly together: (run: RunStatement, inputs: readonly I[]) => Promise<readonly R[]>;
}

/**
 * Something that is written by one statement, which commits by itself, and of which several can be written by one. Then they
 * share a round trip and a commit, and the disk is waited for once. What has to be decided first may read first, by a statement
 * of its own; the one that writes must then find out whether what was read still holds.
 */
export interface SharedWrite<I, R> extends SharedRead<I, R> {
  readonly name: CommitName;
  /** Inputs that have this in common are never written together. */
  readonly apart: (input: I) => string;
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
