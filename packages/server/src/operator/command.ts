import type { Config } from "../config.ts";
import type { AsOwner } from "../db/as-owner.ts";
import type { Logins } from "../db/logins.ts";
import type { Office } from "../gateway.ts";

/** What a command may reach: the office, and for a few of them the owner of the tables. */
export interface OperatorOffice extends Office {
  /** Missing where the settings name no login that owns them. */
  readonly asOwner?: AsOwner;
  /** How the database is reached; missing where a test hands in an office of its own. */
  readonly logins?: Logins;
}

/** What a command prints: rows for a person and the same facts as JSON for a program. */
export interface Printed {
  readonly text: string;
  readonly json: unknown;
  /** What the program ends with; 0 unless it says otherwise. */
  readonly exitCode?: number;
}

/** The options of a line, by their names. */
export type Options = Readonly<Record<string, string | boolean | undefined>>;

/** Reads all of standard input: what must not stand in a list of processes comes from there. */
export type ReadInput = () => Promise<string>;

/** One command of the operator's program. */
export interface Command {
  /** The words that call it, such as `cases close`. */
  readonly name: string;
  /** How the rest of the line is written. */
  readonly usage: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, { readonly type: "string" | "boolean" }>>;
  /** Throws UsageError when the line cannot be understood, and OperatorError when it cannot be done. */
  readonly run: (
    office: OperatorOffice,
    words: readonly string[],
    options: Options,
    input: ReadInput,
  ) => Promise<Printed>;
}

/** A command for when there is no database yet that could be opened. */
export interface CommandAlone extends Omit<Command, "run"> {
  readonly runAlone: (config: Config, words: readonly string[], options: Options) => Promise<Printed>;
}

/** The line was not understood; told with the command's usage. Exit code 64. */
export class UsageError extends Error {}

/** The line was understood, but it cannot be done. Exit code 1. */
export class OperatorError extends Error {}
