import { userInfo } from "node:os";
import type { Actor } from "../merchants/audit-log.ts";
import { OperatorError, type Options, UsageError } from "./command.ts";

/** Every command that changes something says who did it; the account that runs it, when nobody is named. */
export const byOption = { by: { type: "string" } } as const;

/** Who is written into the audit log. */
export function operatorOf(options: Options): Actor {
  const name = textOf(options, "by") ?? userInfo().username;
  if (name === "" || name.length > 120) throw new UsageError("--by takes a name of up to 120 characters");
  return { kind: "operator", name };
}

/** An option's text, without spaces around it; undefined when it was not given. */
export function textOf(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value.trim() : undefined;
}

/** The one word that a command takes. */
export function onlyWord(words: readonly string[], what: string): string {
  const [word, ...rest] = words;
  if (word === undefined || rest.length > 0) throw new UsageError(`name one ${what}`);
  return word;
}

export function noWords(words: readonly string[]): void {
  if (words.length > 0) throw new UsageError(`unexpected: ${words.join(" ")}`);
}

/** What was found for an id, or a sentence that says where ids are listed. */
export function orNone<T>(found: T | undefined, what: string, id: string, listedBy: string): T {
  if (found !== undefined) return found;
  throw new OperatorError(`There is no ${what} ${id}. "${listedBy}" shows those that there are.`);
}

/** A name for a merchant, collection or key. */
export function nameOf(text: string | undefined, what: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: keeping them out is the point
  if (text === undefined || text === "" || text.length > 120 || /[\u0000-\u001f\u007f]/.test(text)) {
    throw new UsageError(`name the ${what}, in up to 120 characters`);
  }
  return text;
}

/** A shop's address, from the option --website. */
export function websiteOf(options: Options): string {
  const website = textOf(options, "website");
  if (website === undefined || website.length > 500 || !/^https?:\/\/\S+$/.test(website) || !URL.canParse(website)) {
    throw new UsageError("--website is needed: an http or https address");
  }
  return website;
}

/** Rows of names and values, one below the other. */
export function table(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([label, value]) => `  ${label.padEnd(16)}${Array.isArray(value) ? value.join(", ") : String(value)}`)
    .join("\n");
}

/** How many entries a list may show at most. */
export const mostListed = 1_000;
