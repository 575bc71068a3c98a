import type { Context } from "./context.ts";
import type { ExitCode } from "./exit-codes.ts";

/** An option of a command, as it is typed and told. */
export interface Option {
  /** `--name`, `-n, --name <value>`, or `--name <value...>` for one that may come again. */
  readonly flags: string;
  readonly summary: string;
  readonly choices?: readonly string[];
}

/** A word that follows the command: `<name>` must be there, `[name]` may be left out. */
export interface Word {
  readonly name: string;
  readonly summary: string;
  /** What completion offers. Others may be right too. */
  readonly choices?: readonly string[];
}

/** What was typed after the command. */
export interface Call {
  readonly context: Context;
  readonly words: readonly string[];
  readonly options: Options;
}

/** Options by their names in camel case. */
export type Options = Readonly<Record<string, unknown>>;

/** One command; each has a file of its own, and a line in `commands/index.ts`. */
export interface Command {
  /** As it is typed after `kineticpay`, such as "payments create". */
  readonly name: string;
  readonly summary: string;
  readonly examples: readonly [string, string, ...string[]];
  /** What else its help says. */
  readonly about?: string;
  readonly words?: readonly Word[];
  readonly options?: readonly Option[];
  /** @returns how it ended, if not well */
  readonly run: (call: Call) => Promise<ExitCode | undefined>;
}

/** The text that an option was given, if it was. */
export function textOf(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

/** Whether a switch was given. */
export function isOn(options: Options, name: string): boolean {
  return options[name] === true;
}

/** All that an option which may come again was given. */
export function listOf(options: Options, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? value.map(String) : [];
}
