import { CommanderError, Option as Flag, Command as Parser } from "commander";
import { type CliError, usageError } from "./cli-error.ts";
import type { Call, Command } from "./command.ts";
import { commandHelp, globalOptions, groupHelp, groups, programHelp } from "./help.ts";

/** A command that was understood, and what it was given. */
export interface Parsed {
  readonly command: Command;
  readonly words: readonly string[];
  readonly options: Call["options"];
}

/** What the line asks for: a command, or a text such as help or the version. */
export type Line = Parsed | { readonly text: string };

function addFlags(parser: Parser, options: Command["options"]): void {
  for (const { flags, summary, choices } of options ?? []) {
    const flag = new Flag(flags, summary);
    parser.addOption(choices === undefined ? flag : flag.choices([...choices]));
  }
}

/** Commander says what it cannot understand in these words; ours come with the next command. */
function complaintOf(error: CommanderError, path: string): CliError {
  const [first = "", ...more] = error.message.replace(/^error: /, "").split("\n");
  const hint = more
    .join(" ")
    .trim()
    .replace(/^\(|\)$/g, "");
  const message = `${first.charAt(0).toUpperCase()}${first.slice(1).replace(/\.$/, "")}.${hint === "" ? "" : ` ${hint}`}`;
  return usageError(message, path === "" ? "kineticpay" : `kineticpay ${path}`);
}

class Reader {
  found: Line | undefined;
  /** The command that the parser was in when it stopped. */
  path = "";

  /** A parser that says nothing by itself and ends nothing. */
  quiet(name: string, path: string, help: () => string): Parser {
    const parser = new Parser(name)
      .exitOverride((error) => {
        this.path = path;
        throw error;
      })
      .configureOutput({ writeOut: () => undefined, writeErr: () => undefined, outputError: () => undefined })
      .configureHelp({ formatHelp: help })
      .helpCommand(false)
      .helpOption(false)
      .allowExcessArguments(false);
    addFlags(parser, globalOptions);
    return parser;
  }

  leaf(command: Command): Parser {
    const parser = this.quiet(command.name.split(" ").at(-1) ?? "", command.name, () => commandHelp(command));
    for (const word of command.words ?? []) parser.argument(word.name, word.summary);
    addFlags(parser, command.options);
    return parser.action(() => {
      const options = parser.optsWithGlobals();
      this.found = { command, words: parser.args, options };
    });
  }

  group(name: string, commands: readonly Command[]): Parser {
    const parser = this.quiet(name, name, () => groupHelp(name, commands));
    for (const command of commands) if (command.name.startsWith(`${name} `)) parser.addCommand(this.leaf(command));
    return parser;
  }
}

/** Help must work however wrong the rest of the line is, so it is looked for before anything is judged. */
function helpAskedFor(line: readonly string[], commands: readonly Command[]): string | undefined {
  const end = line.indexOf("--");
  const typed = end === -1 ? line : line.slice(0, end);
  const words = typed.filter((word) => !word.startsWith("-"));
  const asked = typed.some((word) => word === "--help" || word === "-h") || words[0] === "help";
  if (!asked) return undefined;
  const path = words[0] === "help" ? words.slice(1) : words;
  const named = commands.find((command) => {
    const parts = command.name.split(" ");
    return parts.every((part, i) => path[i] === part);
  });
  if (named !== undefined) return commandHelp(named);
  const [group = ""] = path;
  return Object.hasOwn(groups, group) ? groupHelp(group, commands) : programHelp(commands);
}

/**
 * Reads a line as it was typed, without the program's own name.
 * @throws CliError usage, which names the nearest command or option where there is one
 */
export function readLine(line: readonly string[], commands: readonly Command[], version: string): Line {
  const help = helpAskedFor(line, commands);
  if (help !== undefined) return { text: help.trimEnd() };
  if (line.length === 0) return { text: programHelp(commands).trimEnd() };
  if (line[0] === "--version" || line[0] === "-V") return { text: version };
  const reader = new Reader();
  const root = reader.quiet("kineticpay", "", () => programHelp(commands));
  for (const name of Object.keys(groups)) root.addCommand(reader.group(name, commands));
  for (const command of commands) if (!command.name.includes(" ")) root.addCommand(reader.leaf(command));
  try {
    root.parse([...line], { from: "user" });
  } catch (error) {
    // A group alone, such as "payments", is a question.
    if (error instanceof CommanderError && error.code === "commander.help") {
      return { text: groupHelp(reader.path, commands).trimEnd() };
    }
    if (error instanceof CommanderError) throw complaintOf(error, reader.path);
    throw error;
  }
  return reader.found ?? { text: programHelp(commands).trimEnd() };
}
