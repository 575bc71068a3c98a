/** Letters that Unicode decomposition leaves whole, and typographic marks, with their closest ASCII spelling. */
const replacements: ReadonlyMap<string, string> = new Map([
  ["ß", "ss"],
  ["æ", "ae"],
  ["Æ", "AE"],
  ["œ", "oe"],
  ["Œ", "OE"],
  ["ø", "o"],
  ["Ø", "O"],
  ["đ", "d"],
  ["Đ", "D"],
  ["ł", "l"],
  ["Ł", "L"],
  ["þ", "th"],
  ["Þ", "Th"],
  ["ı", "i"],
  ["‘", "'"],
  ["’", "'"],
  ["“", '"'],
  ["”", '"'],
  ["‐", "-"],
  ["‑", "-"],
  ["–", "-"],
  ["—", "-"],
]);

/**
 * Rewrites free text with the characters that FPX takes: accents are dropped, every other character that
 * `allowed` refuses becomes a space, runs of spaces become one, and the result is cut to `maxLength` characters
 * without a space at either end, so that nothing on the way is tempted to trim a signed value.
 *
 * @param allowed matches one acceptable character
 * @returns ASCII text, possibly empty when nothing of the input can be expressed
 */
export function toPlainText(text: string, allowed: RegExp, maxLength: number): string {
  let plain = "";
  for (const original of text.normalize("NFKD").replace(/\p{M}/gu, "")) {
    for (const character of replacements.get(original) ?? original) {
      plain += allowed.test(character) ? character : " ";
    }
  }
  return plain.replace(/ +/g, " ").trim().slice(0, maxLength).trimEnd();
}
