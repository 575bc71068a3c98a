/** So much of an answer is kept. */
export const answerCharacters = 512;
/** Enough for that many characters of any kind. */
export const answerBytes = answerCharacters * 4;

/**
 * What a page could take for markup, a terminal for a command, or a reader for another order of letters: control
 * characters, marks of direction and invisible ones (\p{C}), separators of lines, and markup.
 */
const unsafe = /[\p{C}\p{Zl}\p{Zp}<>&\\]/gu;

const escapedUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
const escaped = (character: string) => character.split("").map(escapedUnit).join("");

/**
 * How a stranger's answer began, in a form that can be shown anywhere: the first 512 characters, with everything that is
 * more than text written as an escape such as `\u003c`, as JSON and JavaScript read it back.
 * @param whole whether `text` is all that was answered
 */
export function showAnswer(text: string, whole: boolean): { readonly text: string; readonly truncated: boolean } {
  const characters = Array.from(text);
  const kept = characters.slice(0, answerCharacters).join("");
  return { text: kept.replace(unsafe, escaped), truncated: !whole || characters.length > answerCharacters };
}
