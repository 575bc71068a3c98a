import type { Context } from "../context.ts";

/** The member of a value at a path such as `attempts.0.reason`; undefined when there is none. */
function memberAt(value: unknown, path: string): unknown {
  let found = value;
  for (const name of path.split(".")) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return found;
}

function pick(value: unknown, fields: readonly string[]): unknown {
  if (fields.length === 0) return value;
  if (Array.isArray(value)) return value.map((each) => pick(each, fields));
  return Object.fromEntries(fields.map((field) => [field, memberAt(value, field) ?? null]));
}

/** Prints what was asked for: as JSON with the wanted members, or in the words for people. */
export function answer(context: Context, value: unknown, words: () => string): void {
  const { terminal, isJson, fields } = context;
  terminal.print(isJson ? JSON.stringify(pick(value, fields), null, 2) : words());
}

/** Prints one of many: a line of JSON, or of words. */
export function answerLine(context: Context, value: unknown, words: () => string): void {
  const { terminal, isJson, fields } = context;
  terminal.print(isJson ? JSON.stringify(pick(value, fields)) : words());
}
