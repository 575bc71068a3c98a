import type { ParseErrorCode } from "jsonc-parser";

/** Where a text stops being JSON that can be acted on, and what stands there. The text is never quoted: it may hold a secret. */
export interface JsonFault {
  readonly offset: number;
  readonly what: string;
}

/** The codes of `jsonc-parser` that are told in words of their own; it exports them as constants that are gone at run time. */
const unclosedText = 12;
const invalidNumber = [2, 13] as const;
const invalidCharacter = 16;
const invalidEscape = [14, 15] as const;

/** What may have happened, by what stands at the place. */
function whatStands(code: ParseErrorCode | number, text: string, offset: number): string {
  const here = text.charAt(offset);
  const isOver = text.slice(offset).trim() === "";
  if (code === unclosedText)
    return isOver || !text.slice(offset).includes("\n")
      ? "a text that is not closed"
      : "a line break inside a text, where \\n has to be written";
  if (code === invalidCharacter)
    return "a line break or another control character inside a text, where \\n or the like has to be written";
  if (invalidEscape.includes(code as 14)) return "a backslash that begins nothing, where two have to be written";
  if (isOver) return "an end before everything that was opened is closed";
  if (here === "'") return "a single quote, where JSON has double quotes";
  const isAfterComma = /,\s*$/.test(text.slice(0, offset));
  if (isAfterComma && /[}\]]/.test(here)) return "a comma before a closing bracket";
  if (invalidNumber.includes(code as 2)) return "a number that is not written as JSON writes numbers";
  if (/[A-Za-z_$]/.test(here)) return "a word without quotes";
  if (/[0-9+]/.test(here)) return "a number that is not written as JSON writes numbers";
  return "text that does not fit";
}

/** What is wrong, found by a second and slower reading that knows places. */
export async function firstJsonFault(text: string): Promise<JsonFault | undefined> {
  const { visit } = await import("jsonc-parser");
  const names: Set<string>[] = [];
  let found: JsonFault | undefined;
  const report = (offset: number, what: () => string) => {
    if (found === undefined || offset < found.offset) found = { offset, what: what() };
  };
  visit(
    text,
    {
      onObjectBegin: () => void names.push(new Set()),
      onObjectEnd: () => void names.pop(),
      onObjectProperty: (name, offset) => {
        if (names.at(-1)?.has(name) === true) report(offset, () => "a member that stands there twice");
        if (name === "__proto__") report(offset, () => "a member that is not allowed in any object");
        names.at(-1)?.add(name);
      },
      onError: (code, offset) => report(offset, () => whatStands(code, text, offset)),
    },
    { disallowComments: true, allowTrailingComma: false },
  );
  return found;
}
