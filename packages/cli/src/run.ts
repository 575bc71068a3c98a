import { isKineticPayError } from "kineticpay";
import { CliError } from "./cli-error.ts";
import { textOf } from "./command.ts";
import { commands } from "./commands/index.ts";
import type { Context } from "./context.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { gatewayError } from "./gateway-error.ts";
import { type Parsed, readLine } from "./program.ts";
import { readInput } from "./read-input.ts";
import type { Settings } from "./settings.ts";
import { errorJson, errorWords } from "./tell-error.ts";
import { openTerminal, type Stream } from "./terminal/terminal.ts";
import { version } from "./version.ts";

/** What the command is run in. */
export interface Surroundings {
  readonly settings: Settings;
  readonly folder: string;
  readonly input: NodeJS.ReadStream;
  readonly output: Stream;
  readonly talk: Stream;
  readonly signal: AbortSignal;
}

function contextOf({ options }: Parsed, around: Surroundings): Context {
  const { settings, folder, input, output, talk, signal } = around;
  let read: Promise<string> | undefined;
  const fields = (textOf(options, "fields") ?? "").split(",").filter((name) => name !== "");
  const isJson = options["json"] === true || fields.length > 0;
  return {
    settings,
    folder,
    signal,
    fields,
    terminal: openTerminal(output, talk, options["color"] === false ? "never" : settings.colour, {
      typedAs: settings.typedAs,
      isJson,
    }),
    isJson,
    profile: textOf(options, "profile"),
    baseUrl: textOf(options, "baseUrl"),
    keyOnInput: options["apiKeyStdin"] === true,
    // Read once: whoever asks a second time finds it empty.
    readInput: () => {
      read ??= readInput(input);
      return read;
    },
  };
}

/** Whatever was thrown, as it is told. */
function asCliError(error: unknown, signal: AbortSignal): CliError {
  if (error instanceof CliError) return error;
  if (signal.aborted) {
    return new CliError("cancelled", "Stopped before it was done.", { exitCode: exitCodes.cancelled, cause: error });
  }
  if (isKineticPayError(error)) return gatewayError(error);
  const words = error instanceof Error ? error.message : String(error);
  return new CliError("unexpected", `This should not have happened: ${words}`, {
    next: "kineticpay doctor --report, and open an issue with what it prints",
    cause: error,
  });
}

/**
 * Runs a line: data on standard output, talk on standard error, nothing asked.
 * @returns the exit code
 */
export async function run(line: readonly string[], around: Surroundings): Promise<ExitCode> {
  const isJson = line.some((word) => word === "--json" || word.startsWith("--fields"));
  const isPlain = line.includes("--no-color");
  const terminal = openTerminal(around.output, around.talk, isPlain ? "never" : around.settings.colour, {
    typedAs: around.settings.typedAs,
  });
  try {
    const read = readLine(line, commands, version);
    if ("text" in read) {
      terminal.print(terminal.asTyped(read.text));
      return exitCodes.ok;
    }
    const context = contextOf(read, around);
    return (await read.command.run({ context, words: read.words, options: read.options })) ?? exitCodes.ok;
  } catch (error) {
    const told = asCliError(error, around.signal);
    terminal.say(isJson ? errorJson(told) : errorWords(told, terminal));
    return told.exitCode;
  }
}
