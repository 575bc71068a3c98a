import type { Settings } from "./settings.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** What every command is given. */
export interface Context {
  readonly settings: Settings;
  readonly terminal: Terminal;
  /** The folder in which the command was typed. */
  readonly folder: string;
  /** Whether a program reads the output: JSON, and for streams one object a line. */
  readonly isJson: boolean;
  /** The members that are wanted of the output; all of them when empty. */
  readonly fields: readonly string[];
  readonly profile: string | undefined;
  readonly baseUrl: string | undefined;
  /** True when the key comes on standard input. */
  readonly keyOnInput: boolean;
  /** All of standard input, up to 64 KiB. Never asks: without input it is empty. */
  readonly readInput: () => Promise<string>;
  /** Aborted when somebody stops the command. */
  readonly signal: AbortSignal;
}
