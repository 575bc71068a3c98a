/** Colours are no wider than nothing. */
function widthOf(text: string): number {
  let width = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one.
  for (const _ of text.replace(/\u001b\[[0-9;]*m/g, "")) width += 1;
  return width;
}

function cut(text: string, width: number): string {
  return [...text].length <= width ? text : `${[...text].slice(0, Math.max(0, width - 1)).join("")}…`;
}

/**
 * Sets rows out in columns, two spaces apart.
 * @param width the widest that a line may be; the last column is cut to fit, if it is not coloured
 */
export function columns(rows: readonly (readonly string[])[], width: number = Number.POSITIVE_INFINITY): string {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, widthOf(cell));
  return rows
    .map((row) => {
      const last = row.length - 1;
      const before = row.slice(0, last).map((cell, i) => cell + " ".repeat((widths[i] ?? 0) - widthOf(cell) + 2));
      const used = widths.slice(0, last).reduce((sum, each) => sum + each + 2, 0);
      const rest = row[last] ?? "";
      const isPlain = widthOf(rest) === [...rest].length;
      return `${before.join("")}${isPlain ? cut(rest, Math.max(12, width - used)) : rest}`.trimEnd();
    })
    .join("\n");
}
