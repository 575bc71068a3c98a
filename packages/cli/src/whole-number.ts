import { usageError } from "./cli-error.ts";

/** Reads a whole number of an option. @throws CliError usage outside of the bounds */
export function wholeNumber(text: string, least: number, most: number, flag: string, command: string): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= least && value <= most) return value;
  throw usageError(`${flag} takes a whole number from ${least} to ${most}, not "${text}".`, command);
}
