import { CliError } from "./cli-error.ts";

const mostBytes = 64 * 1024;

/**
 * Reads standard input to its end. A terminal is not read: nobody is asked for anything.
 * @throws CliError input_too_long beyond 64 KiB
 */
export async function readInput(input: NodeJS.ReadStream): Promise<string> {
  if (input.isTTY === true) return "";
  let text = "";
  for await (const chunk of input.setEncoding("utf8")) {
    text += String(chunk);
    if (text.length > mostBytes) throw new CliError("input_too_long", "Standard input holds more than 64 KiB.");
  }
  return text;
}
