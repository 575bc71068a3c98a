/** Where a text stops being JSON that can be acted on, and what stands there. The text is never quoted: it may hold a secret. */
export interface JsonFault {
  readonly offset: number;
  readonly what: string;
}

/** The codes of `jsonc-parser` that are told in words of their own; it exports them as constants that are gone at run time. */
const codes = { unclosedText: 12, invalidCharacter: 16, invalidNumbers: [2, 13], invalidEscapes: [14, 15] };

/** What may have happened, by what stands at the place. */
function whatStands(code: number, text: string, offset: number): string {
  const rest = text.slice(offset);
  const here = rest.charAt(0);
  if (code === codes.unclosedText)
    return rest.includes("\n")
      ? "a line break inside a text, where \\n has to be written"
      : "a text that is not closed";
  if (code === codes.invalidCharacter)
    return "a line break or another control character inside a text, where \\n or the like has to be written";
  if (codes.invalidEscapes.includes(code)) return "a backslash that begins nothing, where two have to be written";
  if (rest.trim() === "") return "an end before everything that was opened is closed";
  if (here === "'") return "a single quote, where JSON has double quotes";
  if (/[}\]]/.test(here) && text.slice(0, offset).trimEnd().endsWith(",")) return "a comma before a closing bracket";
  if (codes.invalidNumbers.includes(code) || /[0-9+]/.test(here))
    return "a number that is not written as JSON writes numbers";
  return /[A-Za-z_$]/.test(here) ? "a word without quotes" : "text that does not fit";
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
